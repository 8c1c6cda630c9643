/** Completions under looks are scored beside the group, each look with what its users need to know. */
import { expect, test } from '@jest/globals';
import { scoreGroups } from '../../src/rollout/score-groups.ts';
import type { RunReward } from '../../src/rollout/run-reward.ts';
import type { Reward, Rollout } from '../../src/spec/index.ts';
import { fakeSample } from '../../src/testing/index.ts';

const rollouts = (texts: readonly string[]): readonly Rollout[] =>
  texts.map((text) => ({
    text,
    tokenIds: new Int32Array(1),
    logProbs: new Float32Array(1),
    finishReason: 'stop',
  }));

const placed = (name: string, reward: Partial<Reward>): RunReward => ({
  name,
  weight: 1,
  timeoutMs: 5000,
  reward: { range: [0, 1], score: () => [], ...reward },
});

test('scores each look with the rewards that its own users need, all looks at once', async () => {
  let running = 0;
  let most = 0;
  const seen: string[] = [];
  const judging = (name: string, more: Partial<Reward> = {}): RunReward =>
    placed(name, {
      score: async ({ completions, looks, outcomes }) => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 10));
        running--;
        const shown = [...(looks ?? [])].map(
          ([look, judged]) => `${look}:${[...judged.outcomes.keys()].join('+')}`,
        );
        const texts = completions.map(({ text }) => text).join('');
        seen.push(
          `${name} ${texts} after ${[...outcomes.keys()].join('+')} beside ${shown.join()}`,
        );
        return completions.map(() => ({ status: 'scored', value: 1 }));
      },
      ...more,
    });
  const rewards = [
    judging('answer'),
    judging('map'),
    judging('one', { after: ['answer'], looks: ['blank'] }),
    judging('two', { after: ['map'], looks: ['shuffled', 'blank'] }),
  ];
  const looks = new Map([
    ['shuffled', rollouts(['s'])],
    ['blank', rollouts(['s'])],
  ]);
  const [score] = await scoreGroups(
    [
      {
        sample: fakeSample(),
        prompt: { tokenIds: new Int32Array(3), media: [] },
        rollouts: rollouts(['a', 'b']),
        looks,
      },
    ],
    rewards,
  );
  expect(score!.failures).toEqual([]);
  expect(seen.filter((line) => /ab/.test(line)).sort()).toEqual([
    'answer ab after  beside ',
    'map ab after  beside ',
    'one ab after answer beside blank:answer+map',
    'two ab after map beside shuffled:map,blank:answer+map',
  ]);
  expect(seen.filter((line) => / s /.test(line)).sort()).toEqual([
    'answer s after  beside ',
    'map s after  beside ',
    'map s after  beside ',
  ]);
  expect(most).toBe(5);
});
