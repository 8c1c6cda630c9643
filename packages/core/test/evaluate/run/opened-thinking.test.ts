/** Thinking that the chat template opens in the prompt is told from the answer as if the model had opened it. */
import { describe, expect, test } from '@jest/globals';
import { from } from 'rxjs';
import { judgeModel } from '../../../src/evaluate/run/judge-model.ts';
import { evaluate } from '../../../src/evaluate/run/evaluate.ts';
import { greedySampling } from '../../../src/rollout/greedy-sampling.ts';
import type { EncodedPrompt, Policy, Prediction, SampleRequest } from '../../../src/spec/index.ts';
import { fakeBenchmark, fakePolicy } from '../../../src/testing/index.ts';

/** A policy whose prompts open the answer and that always goes on with `text`. */
function goingOn(text: string, opened?: string): Policy {
  const policy = fakePolicy();
  const { encode } = policy.processor;
  const openedPrompt = async (...given: Parameters<typeof encode>): Promise<EncodedPrompt> => {
    return { ...(await encode.call(policy.processor, ...given)), opened };
  };
  Object.assign(policy.processor, { detokenize: () => text, encode: openedPrompt });
  const facts = { completion: 0, tokenIds: Int32Array.of(4), finishReason: 'stop' } as const;
  const logProbs = new Float32Array(1);
  return Object.assign(policy, {
    sample: ({ prompts }: SampleRequest) =>
      from(prompts.map((_, prompt) => ({ type: 'completion', prompt, logProbs, ...facts }))),
  } as Pick<Policy, 'sample'>);
}

async function ask(
  prompt: 'official' | 'thinking',
  text: string,
  opened = '<think>\n',
): Promise<Prediction | undefined> {
  const item = {
    ...{ id: 'q', task: 'near', groups: {}, question: 'q', options: [], answer: 'A' },
    media: [{ kind: 'image', path: '/data/room.png' }],
  } as const;
  const benchmark = { ...fakeBenchmark(() => ({ score: 1 }), [item]), setup: { prompt } };
  const rows = await evaluate(goingOn(text, opened), benchmark, [item], {
    conditions: ['as-filmed'],
    batchSize: 1,
    sampling: greedySampling(6),
    seed: 5,
    keep: () => undefined,
    takesSilence: true,
  });
  return [...rows.values()][0]?.prediction;
}

describe('thinking that the prompt opened', () => {
  test.each([
    ['Four legs.</think>\n\nB', '<think>\nFour legs.</think>\n\n', 'B'],
    ['Four legs', '<think>\nFour legs', ''],
    ['Four legs. <answer>B', '<think>\nFour legs. ', '<answer>B'],
  ])('is no part of the answer in %j, in the official style', async (text, thinking, output) => {
    expect(await ask('official', text)).toEqual({ status: 'answered', output, thinking });
  });

  test('is part of it where the prompt asks for thinking', async () => {
    const text = 'Four legs.</think><answer>B</answer>';
    const output = `<think>\n${text}`;
    expect(await ask('thinking', text)).toEqual({ status: 'answered', output });
  });

  test('makes no answer of silence', async () => {
    expect(await ask('thinking', '')).toEqual({ status: 'answered', output: '' });
  });

  test('is no verdict of a judge', async () => {
    const thinking = goingOn('Incorrect? No.</think>\nCorrect', '<think>');
    expect(await judgeModel(thinking)('q')).toBe('Correct');
    await expect(judgeModel(goingOn('Incorrect, I think', '<think>'))('q')).rejects.toMatchObject({
      code: 'judge-undecided',
    });
    expect(await judgeModel(goingOn('Incorrect, I think'))('q')).toBe('Incorrect, I think');
  });
});

test('opened text that is no thinking is not part of an answer in the official style', async () => {
  const said = { status: 'answered', output: 'B' };
  expect(await ask('official', 'B', 'The answer is ')).toEqual(said);
});
