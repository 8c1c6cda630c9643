/** Every bundled estimator: worked examples, and what all of them keep to. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AnyPlugin, RewardedGroup } from '../../../../src/spec/index.ts';
import { autoAdvantage } from '../../../../src/train/algorithm/advantages/auto.ts';
import { batchScaled } from '../../../../src/train/algorithm/advantages/batch-scaled.ts';
import { bestOfGroup } from '../../../../src/train/algorithm/advantages/best-of-group.ts';
import { groupNormalised } from '../../../../src/train/algorithm/advantages/group-normalised.ts';
import { reinforcePlusPlus } from '../../../../src/train/algorithm/advantages/reinforce-plus-plus.ts';
import { rewardNormalised } from '../../../../src/train/algorithm/advantages/reward-normalised.ts';
import { rloo } from '../../../../src/train/algorithm/advantages/rloo.ts';
import { spanCredit } from '../../../../src/train/algorithm/advantages/span-credit.ts';
import { algorithmPlugins } from '../../../../src/train/algorithm/algorithm-plugins.ts';
import { advantagesOf, groupOf, groupOfRewards } from './sums.ts';

const FAMILY: readonly AnyPlugin[] = [
  autoAdvantage,
  batchScaled,
  groupNormalised,
  reinforcePlusPlus,
  rewardNormalised,
  rloo,
  spanCredit,
];
const named = FAMILY.map((plugin) => [plugin.name, plugin] as const);

test('the family is every advantage plugin that core brings, but for the weights of rejection sampling', () => {
  const bundled = algorithmPlugins.filter(
    ({ kind, name }) => kind === 'advantage' && name !== bestOfGroup.name,
  );
  expect(bundled.map(({ name }) => name).sort()).toEqual(FAMILY.map(({ name }) => name).sort());
});

function expectClose(
  found: readonly (readonly number[])[],
  expected: readonly (readonly number[])[],
  digits = 12,
): void {
  expect(found.map(({ length }) => length)).toEqual(expected.map(({ length }) => length));
  found.forEach((row, g) =>
    row.forEach((value, index) => expect(value).toBeCloseTo(expected[g]![index]!, digits)),
  );
}

describe('on paper: groups (0, 0, 0, 1), (0, 1, 1, 1) and (2, 2, 2, 2)', () => {
  const groups = [groupOf(0, 0, 0, 1), groupOf(0, 1, 1, 1), groupOf(2, 2, 2, 2)];
  const still = [0, 0, 0, 0];

  test('group-normalised: both deviations are ½', async () => {
    // Mean ¼; squares 3·(1/16) + 9/16 = ¾; std √(¾ / 3) = ½.
    const few = -0.25 / 0.5001;
    expectClose(await advantagesOf(groupNormalised, groups), [
      [few, few, few, 0.75 / 0.5001],
      [-0.75 / 0.5001, -few, -few, -few],
      still,
    ]);
  });

  test('batch-scaled: the deviation of the twelve rewards', async () => {
    // Sum 1 + 3 + 8 = 12, mean 1; squares 4·1 (the zeros) + 0 (the ones) + 4·1 (the twos) = 8; std √(8 / 11) = 0.8528028654.
    const divisor = 0.852802865422442 + 1e-4;
    expectClose(await advantagesOf(batchScaled, groups), [
      [-0.25 / divisor, -0.25 / divisor, -0.25 / divisor, 0.75 / divisor],
      [-0.75 / divisor, 0.25 / divisor, 0.25 / divisor, 0.25 / divisor],
      still,
    ]);
  });

  test('rloo: each against the mean of the other three', async () => {
    // 0 against (0, 0, 1): −⅓. 1 against (0, 0, 0): 1. 0 against (1, 1, 1): −1. 1 against (0, 1, 1): ⅓.
    expectClose(await advantagesOf(rloo, groups), [
      [-1 / 3, -1 / 3, -1 / 3, 1],
      [-1, 1 / 3, 1 / 3, 1 / 3],
      still,
    ]);
  });

  test('reinforce-plus-plus: the deviation of the twelve distances', async () => {
    // Distances: −¼ three times, ¾; −¾, ¼ three times; 0 four times. Squares 2·¾ = 1.5; std √(1.5 / 11) = 0.3692744729.
    const divisor = 0.369274472937998 + 1e-4;
    expectClose(await advantagesOf(reinforcePlusPlus, groups), [
      [-0.25 / divisor, -0.25 / divisor, -0.25 / divisor, 0.75 / divisor],
      [-0.75 / divisor, 0.25 / divisor, 0.25 / divisor, 0.25 / divisor],
      still,
    ]);
  });
});

describe.each(named)('%s', (_, plugin) => {
  const numbers = fc.array(fc.integer({ min: -8, max: 8 }), { minLength: 1, maxLength: 6 });
  const steps = fc.array(numbers, { minLength: 1, maxLength: 4 });

  test('gives nothing to a completion that every reward abstained from, and compares the others as if it were not there', async () => {
    const others = [groupOf(1, 0, 1), groupOf(0.9, 0.8, 0.7)];
    const withSilent = [groupOf(1, NaN, 0, 1), groupOf(NaN, 0.9, 0.8, 0.7, NaN)];
    const [first, second] = await advantagesOf(plugin, withSilent);
    const expected = await advantagesOf(plugin, others);
    expect([first![1], second![0], second![4]]).toEqual([0, 0, 0]);
    const left = [first!.filter((_, index) => index !== 1), second!.slice(1, 4)];
    expectClose(left, expected);
    expect(await advantagesOf(plugin, [groupOf(NaN, 3), groupOf(NaN, NaN)])).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  test('gives every group a sum of 0, equal rewards exactly 0, and finite numbers', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (rows) => {
        const found = await advantagesOf(
          plugin,
          rows.map((row) => groupOf(...row)),
        );
        for (const [index, advantages] of found.entries()) {
          expect(advantages.every(Number.isFinite)).toBe(true);
          expect(advantages.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 9);
          const isEqual = rows[index]!.every((value) => value === rows[index]![0]);
          expect(advantages.every((value) => value === 0)).toBe(isEqual);
        }
      }),
    );
  });

  test('does not change when all groups earn more, nor when one does, if it takes no deviation of the rewards of a step', async () => {
    const shifts = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 4, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(steps, shifts, async (rows, [first, ...others]) => {
        const shiftOf = (index: number): number =>
          plugin === batchScaled ? first! : [first!, ...others][index]!;
        const moved = rows.map((row, index) =>
          groupOf(...row.map((value) => value + shiftOf(index))),
        );
        const plain = rows.map((row) => groupOf(...row));
        expectClose(await advantagesOf(plugin, moved), await advantagesOf(plugin, plain), 9);
      }),
    );
  });

  test('follows a permutation of the completions', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (rows) => {
        const turned = rows.map((row) => groupOf(...row.toReversed()));
        const plain = rows.map((row) => groupOf(...row));
        const expected = await advantagesOf(plugin, plain);
        expectClose(
          await advantagesOf(plugin, turned),
          expected.map((row) => row.toReversed()),
          9,
        );
      }),
    );
  });

  test('ranks the completions of a group as their rewards do', async () => {
    const [advantages] = await advantagesOf(plugin, [groupOf(3, -1, 2, 0), groupOf(9, 0)]);
    expect(advantages).toEqual(
      advantages!.toSorted((a, b) => a - b).map((_, i, sorted) => sorted[[3, 0, 2, 1][i]!]),
    );
  });
});

describe.each(named)(
  '%s, where a reward abstains from some completions of a group',
  (_, plugin) => {
    /** The second reward has no word on the last completion. */
    const partial = groupOfRewards([
      [1, 0, 1],
      [0.2, 0.6, NaN],
    ]);

    test('lets it move nobody: it counts as the mean of what it said of the others', async () => {
      const filled: RewardedGroup = groupOfRewards([
        [1, 0, 1],
        [0.2, 0.6, 0.4],
      ]);
      const found = await advantagesOf(plugin, [partial]);
      if (plugin === rewardNormalised || plugin === spanCredit) {
        expectClose(found, await advantagesOf(rewardNormalised, [partial]));
        // By itself the reward's deviation is over two values, not over three: 0 for the third, either way.
        const [row] = await advantagesOf(rewardNormalised, [partial], { normaliseBatch: false });
        expect(row![2]).toBeCloseTo((1 - 2 / 3) / (Math.sqrt(1 / 3) + 1e-4), 12);
        return;
      }
      expectClose(found, await advantagesOf(plugin, [filled]));
    });

    test('makes abstaining neither the worst nor the best, whatever the sign of the reward', async () => {
      for (const sign of [1, -1]) {
        const [row] = await advantagesOf(plugin, [
          groupOfRewards([
            [1, 1, 1],
            [0.2 * sign, 0.6 * sign, NaN],
          ]),
        ]);
        expect(row![2]).toBeCloseTo(0, 12);
        expect(Math.sign(row![0]!)).toBe(-sign);
        expect(Math.sign(row![1]!)).toBe(sign);
      }
    });

    test('does not see a reward that abstained from the whole group', async () => {
      const rows = [
        [1, 0, 1],
        [NaN, NaN, NaN],
      ];
      expect(await advantagesOf(plugin, [groupOfRewards(rows)])).toEqual(
        await advantagesOf(plugin, [groupOf(1, 0, 1)]),
      );
    });

    test('teaches nothing where the rewards that scored say the same', async () => {
      const rows = [
        [0.1, 0.1, 0.1, 0.1],
        [0.1, NaN, 0.1, 0.1],
        [0.3, 0.3, 0.3, NaN],
      ];
      expect(await advantagesOf(plugin, [groupOfRewards(rows)])).toEqual([[0, 0, 0, 0]]);
    });
  },
);
