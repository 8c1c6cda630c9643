import { afterAll, beforeAll } from '@jest/globals';
import type { Sample } from '@loci/core';
import { describeRewardContract } from '@loci/core/testing';
import { judgeReward } from '../../src/judge/judge-plugin.ts';
import { askedText, judgeServer } from './judge-server.ts';
import type { JudgeServer } from './judge-server.ts';

const SAMPLE: Sample = {
  id: 's',
  problem: 'Which is nearer to the door?',
  options: ['A. sink', 'B. oven'],
  problemType: 'multiple choice',
  solution: '<answer>B</answer>',
  media: [],
  source: 'test',
};

let server: JudgeServer;
beforeAll(async () => {
  // A judge that compares the answer with the truth.
  server = await judgeServer((body) => {
    const asked = askedText(body);
    const truth = /Truth: (.*)/.exec(asked)?.[1];
    const said = /<<<ANSWER [0-9a-f]+\n(.*)\n/.exec(asked)?.[1];
    return JSON.stringify({ reason: 'compared', score: said === truth ? 10 : 0 });
  });
});
afterAll(() => server.close());

describeRewardContract({
  plugin: judgeReward,
  get options() {
    return {
      ...{ baseUrl: server.baseUrl, model: 'm', cache: false, stream: false },
      template: 'Truth: {truth}\n{answer}',
    };
  },
  sample: SAMPLE,
});
