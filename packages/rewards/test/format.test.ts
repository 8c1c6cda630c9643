import { expect, test } from '@jest/globals';
import { describeRewardContract } from '@loci/core/testing';
import { format } from '../src/format.ts';
import { GOLD, ROOM, score, valuesOf } from './score.ts';

describeRewardContract({ plugin: format, sample: ROOM, gold: GOLD });
describeRewardContract({ plugin: format, options: { compat: 'spacer' }, sample: ROOM, gold: GOLD });

test('repetition and trailing line breaks are judged differently by the reference', async () => {
  const completions = [`${GOLD}\n`, '<think>a</think><think>b</think><answer>B</answer>'];
  const corrected = await score(format, completions);
  expect(valuesOf(corrected)).toEqual([1, 0]);
  expect(corrected[1]!.reason).toBe('more than one <think>');
  expect(valuesOf(await score(format, completions, { options: { compat: 'spacer' } }))).toEqual([
    0, 1,
  ]);
});
