import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { combineOutcomes, whyClosed } from '../../src/rollout/combine.ts';
import type { RewardPlace } from '../../src/rollout/combine.ts';
import { weightAt } from '../../src/rollout/run-reward.ts';
import type { RewardOutcome } from '../../src/spec/index.ts';

/** Numbers are values, null abstains. */
function outcomesOf(
  values: Readonly<Record<string, readonly (number | null)[]>>,
): ReadonlyMap<string, readonly RewardOutcome[]> {
  return new Map(
    Object.entries(values).map(([name, all]) => [
      name,
      all.map((value): RewardOutcome =>
        value === null ? { status: 'abstained', reason: 'no rule' } : { status: 'scored', value },
      ),
    ]),
  );
}

const answer: RewardPlace = { name: 'answer', weight: 1 };
const map: RewardPlace = { name: 'map', weight: 2 };

describe('combineOutcomes', () => {
  test('clips, gates, weighs by the step, and adds', () => {
    const scheduled: RewardPlace = {
      name: 'map',
      weight: { from: 0, to: 2, start: 0, steps: 4 },
      clip: [0.25, 0.75],
      gate: { reward: 'answer', above: 0.5 },
    };
    const outcomes = outcomesOf({
      answer: [0.25, 0.75, null, 1],
      map: [1, 1, 1, 0.125],
    });
    const { rewards, contributions } = combineOutcomes([answer, scheduled], outcomes, 4, 3);
    // 0.25 + 0; 0.75 + 1.5 × 0.75; nothing + 0; 1 + 1.5 × 0.25
    expect([...rewards]).toEqual([0.25, 1.875, 0, 1.375]);
    expect(contributions.get('answer')).toEqual({
      values: Float64Array.of(0.25, 0.75, Number.NaN, 1),
      weight: 1,
    });
    expect(contributions.get('map')).toEqual({
      values: Float64Array.of(0, 0.75, 0, 0.25),
      weight: 1.5,
      closed: ['answer is 0.25, not above 0.5', undefined, 'answer abstained', undefined],
    });
  });

  test('a reward that abstains adds nothing, whatever its gate', () => {
    const gated = { ...map, gate: { reward: 'answer', atLeast: 1 } };
    const outcomes = outcomesOf({ answer: [1, 0], map: [null, null] });
    const { rewards, contributions } = combineOutcomes([answer, gated], outcomes, 2, 1);
    expect([...rewards]).toEqual([1, 0]);
    expect([...contributions.get('map')!.values]).toEqual([Number.NaN, Number.NaN]);
  });

  test('gates look at what the other reward said, before its clip, gate and weight', () => {
    const outcomes = outcomesOf({ answer: [1], map: [0.5] });
    const clippedAnswer: RewardPlace = { name: 'answer', weight: 0, clip: [0, 0.25] };
    const rewards = [
      { ...clippedAnswer, gate: { reward: 'map', above: 0.9 } },
      { ...map, gate: { reward: 'answer', above: 0.9 } },
    ];
    const { contributions } = combineOutcomes(rewards, outcomes, 1, 1);
    expect(contributions.get('answer')!.closed).toEqual(['map is 0.5, not above 0.9']);
    expect(contributions.get('map')!.closed).toEqual([undefined]);
  });
});

describe('a gate', () => {
  const scored: RewardOutcome = { status: 'scored', value: 0.5, parts: { near: 1 } };
  test.each<[string, Parameters<typeof whyClosed>, string | undefined]>([
    ['above is strict', [{ reward: 'a', above: 0.5 }, scored], 'a is 0.5, not above 0.5'],
    ['atLeast is not', [{ reward: 'a', atLeast: 0.5 }, scored], undefined],
    ['below atLeast', [{ reward: 'a', atLeast: 0.75 }, scored], 'a is 0.5, below 0.75'],
    ['a part', [{ reward: 'a', part: 'near', above: 0.5 }, scored], undefined],
    ['no such part', [{ reward: 'a', part: 'far', above: 0 }, scored], 'a gave no part "far"'],
    [
      'an abstention',
      [
        { reward: 'a', above: -1 },
        { status: 'abstained', reason: 'x' },
      ],
      'a abstained',
    ],
    [
      'a failure',
      [
        { reward: 'a', above: -1 },
        { status: 'failed', reason: 'x' },
      ],
      'a failed',
    ],
    ['a reward that did not run', [{ reward: 'a', above: -1 }, undefined], 'a was not scored'],
  ])('%s', (_, given, reason) => {
    expect(whyClosed(...given)).toBe(reason);
  });
});

describe('properties', () => {
  const count = 4;
  const values = fc.array(fc.option(fc.integer({ min: -20, max: 20 }).map((n) => n / 10)), {
    minLength: count,
    maxLength: count,
  });
  const weight = fc.integer({ min: -12, max: 12 }).map((quarters) => quarters / 4);

  test('a reward of weight 0 is as good as absent, and so is one that always abstains', () => {
    fc.assert(
      fc.property(values, values, weight, (a, m, w) => {
        const alone = combineOutcomes([answer], outcomesOf({ answer: a }), count, 1).rewards;
        const unweighted = combineOutcomes(
          [answer, { ...map, weight: 0 }],
          outcomesOf({ answer: a, map: m }),
          count,
          1,
        );
        const silent = combineOutcomes(
          [answer, { ...map, weight: w }],
          outcomesOf({ answer: a, map: m.map(() => null) }),
          count,
          1,
        );
        // Adding 0 turns −0 into 0.
        const plain = [...alone].map((value) => value + 0);
        expect([...unweighted.rewards].map((value) => value + 0)).toEqual(plain);
        expect([...silent.rewards].map((value) => value + 0)).toEqual(plain);
      }),
    );
  });

  test('weights that are all doubled double the sums', () => {
    fc.assert(
      fc.property(values, values, weight, (a, m, w) => {
        const sums = (factor: number): readonly number[] => [
          ...combineOutcomes(
            [
              { ...answer, weight: factor },
              { ...map, weight: factor * w },
            ],
            outcomesOf({ answer: a, map: m }),
            count,
            1,
          ).rewards,
        ];
        expect(sums(2)).toEqual(sums(1).map((sum) => 2 * sum));
      }),
    );
  });

  test('what is added stays within the bounds of the clip, and is 0 behind a closed gate', () => {
    fc.assert(
      fc.property(values, values, fc.double({ min: -2, max: 2, noNaN: true }), (a, m, bound) => {
        const place: RewardPlace = {
          ...map,
          clip: [-0.5, 1],
          gate: { reward: 'answer', above: bound },
        };
        const { contributions } = combineOutcomes(
          [place],
          outcomesOf({ answer: a, map: m }),
          count,
          1,
        );
        contributions.get('map')!.values.forEach((value, index) => {
          const open = a[index] !== null && a[index]! > bound;
          if (m[index] === null) expect(value).toBeNaN();
          else if (open) expect(value).toBe(Math.min(1, Math.max(-0.5, m[index]!)));
          else expect(value).toBe(0);
        });
      }),
    );
  });
});

describe('a weight that moves', () => {
  test('stays at `from` up to `start`, goes in a straight line, and stays at `to`', () => {
    const weight = { from: 1, to: 0, start: 2, steps: 4 };
    const steps = [1, 2, 3, 4, 5, 6, 7, Infinity];
    expect(steps.map((step) => weightAt(weight, step))).toEqual([1, 1, 0.75, 0.5, 0.25, 0, 0, 0]);
    expect(weightAt(3, 7)).toBe(3);
  });
});
