import { describe, expect, test } from '@jest/globals';
import { judgeModel } from '../../../src/evaluate/run/judge-model.ts';
import type { PredictionLine } from '../../../src/evaluate/store/predictions.ts';
import { fakePolicy } from '../../../src/testing/index.ts';
import {
  benchmarkOf,
  evaluated,
  failing,
  itemsOf,
  options,
  remoteError,
  saying,
} from './failing-policy.ts';

describe('a judge', () => {
  const undecided = { ...benchmarkOf(4), judgePrompt: ({ id }: { readonly id: string }) => id };

  test('that fails loses no answer, and is asked again', async () => {
    const lines: PredictionLine[] = [];
    const keep = (more: readonly PredictionLine[]) => void lines.push(...more);
    const judge = () => Promise.reject(remoteError('remote-unavailable', 'gone'));
    await expect(
      evaluated(fakePolicy(), undecided, { ...options, batchSize: 4, judge, keep }),
    ).rejects.toMatchObject({ code: 'judge-failed' });
    expect(lines).toHaveLength(4);
    const earlier = new Map(lines.map((line) => [`as-filmed\n${line.item.id}`, line]));
    const nobody = failing('remote-unavailable', () => true);
    const rows = await evaluated(nobody.policy, undecided, {
      ...options,
      earlier,
      judge: (question) => Promise.resolve(`of ${question}`),
    });
    expect([...rows.values()].map(({ prediction }) => prediction)).toMatchObject(
      itemsOf(4).map(({ id }) => ({ judgement: `of ${id}` })),
    );
  });

  test('that refuses one answer leaves that one undecided', async () => {
    const rows = await evaluated(fakePolicy(), undecided, {
      ...options,
      judge: (question) =>
        question === 'q1'
          ? Promise.reject(remoteError('remote-refused', 'too rude'))
          : Promise.resolve('right'),
    });
    expect([...rows.values()].map(({ prediction }) => 'judgement' in prediction)).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });
});

describe('the reply of a judge', () => {
  test('is what it says after its thinking', async () => {
    const { policy } = saying('<think>Incorrect? No.</think>\nCorrect');
    expect(await judgeModel(policy)('q')).toBe('Correct');
  });

  test('that was cut is no verdict; it is asked for again with more tokens', async () => {
    const { policy, limits } = saying('Incorrect, since…', 'Correct');
    expect(await judgeModel(policy)('q')).toBe('Correct');
    expect(limits).toEqual([256, 4096]);
  });

  test.each(['<think>so', 'so…', '', '<think>so</think>'])('may be none: %j', async (text) => {
    await expect(judgeModel(saying(text).policy)('q')).rejects.toMatchObject({
      code: 'judge-undecided',
    });
  });

  test('that never decides ends the run, with the answers kept', async () => {
    const undecided = { ...benchmarkOf(4), judgePrompt: ({ id }: { readonly id: string }) => id };
    const judge = judgeModel(saying('').policy);
    await expect(
      evaluated(fakePolicy(), undecided, { ...options, batchSize: 4, judge }),
    ).rejects.toMatchObject({
      code: 'judge-failed',
      message: expect.stringContaining('none of the 4 answers'),
    });
  });
});
