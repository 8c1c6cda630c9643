import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { RewardedGroup } from '../../../../src/spec/index.ts';
import { normaliseGroup } from '../../../../src/train/algorithm/advantages/group-normalised.ts';
import {
  normaliseRewards,
  rewardNormalised,
} from '../../../../src/train/algorithm/advantages/reward-normalised.ts';

import { groupStatistics } from '../../../../src/train/algorithm/advantages/statistics.ts';

const EPSILON = 1e-4;
const within = { epsilon: EPSILON, normaliseBatch: false };
const overStep = { epsilon: EPSILON, normaliseBatch: true };

/** A group by the values of each reward (NaN: abstained), all of the given weights or of weight 1. */
function group(
  rewards: readonly (readonly number[])[],
  weights: readonly number[] = rewards.map(() => 1),
): RewardedGroup {
  const count = rewards[0]!.length;
  const added = (index: number, reward: number): number => {
    const value = rewards[reward]![index]!;
    return Number.isNaN(value) ? 0 : weights[reward]! * value;
  };
  return {
    rewards: Float64Array.from({ length: count }, (_, index) =>
      rewards.reduce((sum, _reward, reward) => sum + added(index, reward), 0),
    ),
    contributions: new Map(
      rewards.map((values, reward) => [
        `reward-${reward}`,
        { values: Float64Array.from(values), weight: weights[reward]! },
      ]),
    ),
  };
}

const advantagesOf = (
  groups: readonly RewardedGroup[],
  options = within,
): readonly (readonly number[])[] =>
  normaliseRewards(groups, options).map(({ advantages }) => [...advantages]);

function expectClose(
  found: readonly (readonly number[])[],
  expected: readonly (readonly number[])[],
  digits: number,
): void {
  expect(found.map(({ length }) => length)).toEqual(expected.map(({ length }) => length));
  found.forEach((row, g) =>
    row.forEach((value, index) => expect(value).toBeCloseTo(expected[g]![index]!, digits)),
  );
}

/** `(r − mean) / (std + ε)` of (0, 1), with the unbiased deviation √½. */
const HALF = 0.5 / (Math.SQRT1_2 + EPSILON);

describe('reward-normalised advantages', () => {
  test('tell apart what the sum makes equal: totals (0, 1) and (0, 2), the example of the paper', () => {
    const oneBetter = group([
      [0, 1],
      [0, 0],
    ]);
    const bothBetter = group([
      [0, 1],
      [0, 1],
    ]);
    const summed = [oneBetter, bothBetter].map(({ rewards }) =>
      normaliseGroup(rewards, {
        divideByStd: true,
        epsilon: EPSILON,
        precision: 'float64',
        singleton: 'zero',
      }),
    );
    expect(summed[0]![1]).toBeCloseTo(Math.SQRT1_2, 3);
    expect(summed[1]![1]).toBeCloseTo(Math.SQRT1_2, 3);
    expectClose(
      advantagesOf([oneBetter, bothBetter]),
      [
        [-HALF, HALF],
        [-2 * HALF, 2 * HALF],
      ],
      12,
    );
    // Over the step: ±½√2 and ±√2 have the unbiased deviation √(5/3).
    const divisor = HALF * Math.sqrt(10 / 3) + EPSILON;
    expectClose(
      advantagesOf([oneBetter, bothBetter], overStep),
      [
        [-HALF / divisor, HALF / divisor],
        [(-2 * HALF) / divisor, (2 * HALF) / divisor],
      ],
      12,
    );
  });

  test('weigh what was normalised, by hand', () => {
    // (1, 2, 3) has deviation 1, (0, 0, 3) has √3 and mean 1.
    const [found] = normaliseRewards(
      [
        group(
          [
            [1, 2, 3],
            [0, 0, 3],
          ],
          [1, -0.5],
        ),
      ],
      within,
    );
    const first = [-1 / 1.0001, 0, 1 / 1.0001];
    const second = [-1, -1, 2].map((value) => (-0.5 * value) / (Math.sqrt(3) + EPSILON));
    expectClose([[...found!.shares!.get('reward-0')!]], [first], 12);
    expectClose([[...found!.shares!.get('reward-1')!]], [second], 12);
    expectClose([[...found!.advantages]], [first.map((value, i) => value + second[i]!)], 12);
  });

  test('leave an abstention out of mean and deviation, and give it 0', () => {
    expect(advantagesOf([group([[0, NaN, 1]])])).toEqual([[-HALF, 0, HALF]]);
    expect(advantagesOf([group([[0, 0, 1]])])).not.toEqual(advantagesOf([group([[0, NaN, 1]])]));
    expect(advantagesOf([group([[NaN, NaN, 1]])])).toEqual([[0, 0, 0]]);
  });

  test('are 0 for a group of one, for equal rewards, and for rewards that cancel', () => {
    for (const options of [within, overStep]) {
      expect(advantagesOf([group([[7]])], options)).toEqual([[0]]);
      const cancelling = group([
        [0.1, 0.3, 0.2],
        [0.7, 0.5, 0.6],
      ]);
      const [equal, cancelled, taught] = advantagesOf(
        [group([[0.1, 0.1, 0.1]]), cancelling, group([[0, 1, 0.3]])],
        options,
      );
      expect(equal).toEqual([0, 0, 0]);
      expect(cancelled).toEqual([0, 0, 0]);
      expect(taught!.every((value) => value !== 0)).toBe(true);
    }
    expect(normaliseRewards([], overStep)).toEqual([]);
  });

  test('as a plugin normalise over the step unless told otherwise', async () => {
    const context = { seed: 1, baseDirectory: '.', logger: { info: () => {}, warn: () => {} } };
    const groups = [group([[0, 1, 5]])];
    const make = async (given: object) =>
      (await rewardNormalised.create(rewardNormalised.options.parse(given), context)).estimate(
        groups,
      );
    expect(await make({})).toEqual(normaliseRewards(groups, overStep));
    expect(await make({ normaliseBatch: false })).toEqual(normaliseRewards(groups, within));
    expect(() => rewardNormalised.options.parse({ epsilon: 0 })).toThrow();
  });
});

describe('properties', () => {
  // Tenths, so that a reward that varies at all varies by more than ε.
  const value = fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: -20, max: 20 }).map((tenths) => tenths / 10) },
    { weight: 1, arbitrary: fc.constant(NaN) },
  );
  const step = fc
    .record({ rewards: fc.integer({ min: 1, max: 3 }), size: fc.integer({ min: 1, max: 6 }) })
    .chain(({ rewards, size }) =>
      fc.record({
        groups: fc.array(
          fc.array(fc.array(value, { minLength: size, maxLength: size }), {
            minLength: rewards,
            maxLength: rewards,
          }),
          { minLength: 1, maxLength: 4 },
        ),
        weights: fc.array(
          fc.integer({ min: -4, max: 4 }).map((halves) => halves / 2),
          { minLength: rewards, maxLength: rewards },
        ),
      }),
    );

  test('over the step they are (A − mean) / (std + ε), as in the paper', () => {
    fc.assert(
      fc.property(step, ({ groups, weights }) => {
        const made = groups.map((rewards) => group(rewards, weights));
        const plain = advantagesOf(made);
        const { mean, std } = groupStatistics(plain.flat());
        expect(mean).toBeCloseTo(0, 12);
        const expected = plain.map((row) =>
          row.map((sum) => (Number.isNaN(std) ? 0 : (sum - mean) / (std + EPSILON))),
        );
        expectClose(advantagesOf(made, overStep), expected, 9);
      }),
    );
  });

  test('are the sum of what each reward adds', () => {
    fc.assert(
      fc.property(step, fc.boolean(), ({ groups, weights }, normaliseBatch) => {
        const made = groups.map((rewards) => group(rewards, weights));
        const estimates = normaliseRewards(made, { epsilon: EPSILON, normaliseBatch });
        for (const { advantages, shares } of estimates) {
          advantages.forEach((advantage, index) => {
            const sum = [...shares!.values()].reduce((total, share) => total + share[index]!, 0);
            expect(sum).toBeCloseTo(advantage, 9);
          });
        }
      }),
    );
  });

  test('follow a permutation of the completions', () => {
    fc.assert(
      fc.property(step, ({ groups, weights }) => {
        const turned = groups.map((rewards) => rewards.map((values) => values.toReversed()));
        const found = advantagesOf(
          turned.map((rewards) => group(rewards, weights)),
          overStep,
        );
        const expected = advantagesOf(
          groups.map((rewards) => group(rewards, weights)),
          overStep,
        ).map((row) => row.toReversed());
        expectClose(found, expected, 9);
      }),
    );
  });

  test('do not depend on the scale and the zero of a reward', () => {
    const scale = fc.integer({ min: 1, max: 1000 });
    fc.assert(
      fc.property(step, scale, scale, ({ groups, weights }, factor, shift) => {
        const moved = groups.map(([first, ...others]) => [
          first!.map((said) => factor * said + shift),
          ...others,
        ]);
        const expected = advantagesOf(groups.map((rewards) => group(rewards, weights)));
        // ε weighs less beside a greater deviation: 1e-4 beside at least 0.04.
        const found = advantagesOf(moved.map((rewards) => group(rewards, weights)));
        found.forEach((row, g) =>
          row.forEach((advantage, index) => {
            expect(Math.abs(advantage - expected[g]![index]!)).toBeLessThan(0.02);
          }),
        );
      }),
    );
  });

  test('a reward of weight 0 is as good as absent', () => {
    fc.assert(
      fc.property(step, ({ groups, weights }) => {
        const without = groups.map((rewards) => group(rewards, weights));
        const withOne = groups.map((rewards) =>
          group([...rewards, rewards[0]!.map((_, index) => index)], [...weights, 0]),
        );
        expectClose(advantagesOf(withOne, overStep), advantagesOf(without, overStep), 9);
      }),
    );
  });

  test('of one reward of weight 1 are those of the group, before the step is normalised', () => {
    const numbers = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(numbers, (values) => {
        const made = group([values]);
        const expected = normaliseGroup(made.rewards, {
          divideByStd: true,
          epsilon: EPSILON,
          precision: 'float64',
          singleton: 'zero',
        });
        expectClose(advantagesOf([made]), [[...expected]], 12);
      }),
    );
  });
});
