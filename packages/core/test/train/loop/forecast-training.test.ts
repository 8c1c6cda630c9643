import { expect, test } from '@jest/globals';
import type { Reward } from '../../../src/spec/index.ts';
import { saysB, temporaryFolder, trainToy } from '../../toy-run.ts';

test('a reward that costs money says before the first step what an epoch and the run cost, and others say nothing', async () => {
  const asked: string[] = [];
  const paid: Reward = {
    ...saysB,
    forecast: ({ name, completions, maxNewTokens, samples }) => {
      asked.push(`${name}: ${completions} of ${maxNewTokens}, from ${samples.length}`);
      return `${name} costs ${completions}`;
    },
  };
  const { lines } = await trainToy(temporaryFolder(), ['steps=2'], {
    rewards: { 'says-b': saysB, paid },
  });
  // Eight questions, four a step, with six completions each.
  expect(asked).toEqual(['an epoch: 48 of 4, from 8', 'the 2 steps to come: 48 of 4, from 8']);
  expect(lines.filter((line) => line.includes('costs'))).toEqual([
    'paid: an epoch costs 48',
    'paid: the 2 steps to come costs 48',
  ]);
});
