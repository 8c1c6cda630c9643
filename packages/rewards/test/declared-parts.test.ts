/** Trainers elsewhere take the parts and the independence that rewards declare at their word. */
import { describe, expect, test } from '@jest/globals';
import { createFromPlugin, parseOptions, scoreTexts } from '@loci/core';
import type { Reward, RunReward, Sample, ScoredText } from '@loci/core';
import { fakeLogger, fakeSample } from '@loci/core/testing';
import { plugins } from '../src/index.ts';

const OPTIONS: Readonly<Record<string, readonly object[]>> = {
  answer: [{}, { numbers: 'dense' }],
  map: [{ when: 'always' }, { when: 'always', scoring: 'calibrated' }],
};

const context = { seed: 1, baseDirectory: process.cwd(), logger: fakeLogger() };

async function rewardsWith(name: string, options: object): Promise<readonly RunReward[]> {
  const names = [...new Set(['answer', name])];
  return Promise.all(
    names.map(async (one) => {
      const plugin = plugins.find((found) => found.name === one)!;
      const parsed = parseOptions(plugin, one === name ? options : {});
      const reward = (await createFromPlugin(plugin, parsed, context)) as Reward;
      return { name: one, weight: 1, timeoutMs: 1000, reward };
    }),
  );
}

const SAMPLE: Sample = {
  ...fakeSample(),
  problemType: 'numerical',
  solution: '<answer>4</answer>',
  source: 'SR_dataset',
  map: { chair: [[1, 2]], table: [[5, 5]] },
};

const text = (written: string, tokenCount = 400): ScoredText => ({
  text: written,
  tokenCount,
  finishReason: 'stop',
});

const COMPLETIONS = [
  text("<think><map>{'chair': [[1, 2]], 'table': [[5, 5]]}</map></think><answer>4</answer>"),
  text("<think><map>{'chair': [[2, 2]], 'table': [[9, 9]]}</map></think><answer>3.9</answer>"),
  text('<think>hm</think><answer>4</answer>', 500),
  text('nothing'),
];

const CASES = plugins.flatMap(({ name }) =>
  (OPTIONS[name] ?? [{}]).map((options) => [name, options] as const),
);

describe.each(CASES)('%s %j', (name, options) => {
  test('gives no part that it does not declare', async () => {
    const rewards = await rewardsWith(name, options);
    const { parts } = rewards.find((one) => one.name === name)!.reward;
    expect(parts).toBeDefined();
    const { outcomes } = await scoreTexts({ sample: SAMPLE, completions: COMPLETIONS }, rewards);
    for (const outcome of outcomes.get(name)!) {
      const given = outcome.status === 'scored' ? Object.keys(outcome.parts ?? {}) : [];
      expect(parts).toEqual(expect.arrayContaining(given));
    }
  });

  test('says the same of a completion alone, where it declares that', async () => {
    const rewards = await rewardsWith(name, options);
    if (rewards.find((one) => one.name === name)!.reward.perCompletion !== true) return;
    const whole = await scoreTexts({ sample: SAMPLE, completions: COMPLETIONS }, rewards);
    for (const [index, completion] of COMPLETIONS.entries()) {
      const alone = await scoreTexts({ sample: SAMPLE, completions: [completion] }, rewards);
      expect(alone.outcomes.get(name)![0]).toEqual(whole.outcomes.get(name)![index]);
    }
  });
});
