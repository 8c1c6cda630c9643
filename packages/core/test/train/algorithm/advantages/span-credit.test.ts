import { describe, expect, test } from '@jest/globals';
import { combineOutcomes } from '../../../../src/rollout/combine.ts';
import type { RewardedGroup, SpanCredit } from '../../../../src/spec/index.ts';
import { normaliseRewards } from '../../../../src/train/algorithm/advantages/reward-normalised.ts';
import { creditSpans } from '../../../../src/train/algorithm/advantages/span-credit.ts';

const EPSILON = 1e-9;

/** One completion of a group: what `answer` and `map` give it, and the stretches that `map` credits. */
interface Told {
  readonly answer: number;
  readonly map: number;
  readonly credits?: readonly SpanCredit[];
}

function group(told: readonly Told[], weight = 1): RewardedGroup {
  const outcomes = new Map([
    ['answer', told.map(({ answer }) => ({ status: 'scored', value: answer }) as const)],
    ['map', told.map(({ map, credits }) => ({ status: 'scored', value: map, ...(credits && { credits }) }) as const)], // prettier-ignore
  ]);
  const places = [
    { name: 'answer', weight: 1 },
    { name: 'map', weight },
  ];
  return combineOutcomes(places, outcomes, told.length, 1);
}

const chair = (value: number, start = 10): SpanCredit => ({ key: 'chair', start, end: start + 5, value }); // prettier-ignore
const desk = (value: number, start = 20): SpanCredit => ({ key: 'desk', start, end: start + 5, value }); // prettier-ignore

/** `(r − mean) / std` of (0, 1): ∓√½. */
const Z = Math.SQRT1_2;

describe('advantages of stretches', () => {
  test('compare an object with the same object of the others, and leave what comes behind the map to the answer', () => {
    // The first answers right, places the chair well and the desk badly; the map as a whole is the same.
    const [estimate] = creditSpans(
      [
        group([
          { answer: 1, map: 0.5, credits: [chair(1), desk(0)] },
          { answer: 0, map: 0.5, credits: [chair(0), desk(1)] },
        ]),
      ],
      EPSILON,
    );
    // Both completions are Z from their mean, so the step's deviation is that of (Z, −Z): 1.
    expect([...estimate!.advantages]).toEqual([expect.closeTo(Z), expect.closeTo(-Z)]);
    const [first, second] = estimate!.spans!;
    expect(first).toEqual([
      { start: 10, end: 15, advantage: expect.closeTo(2 * Z) },
      { start: 20, end: 25, advantage: expect.closeTo(0) },
    ]);
    expect(second).toEqual([
      { start: 10, end: 15, advantage: expect.closeTo(-2 * Z) },
      { start: 20, end: 25, advantage: expect.closeTo(0) },
    ]);
  });

  test('a map that is better as a whole counts between its objects, and not behind them', () => {
    const [estimate] = creditSpans(
      [
        group([
          { answer: 0, map: 1, credits: [chair(1), desk(1)] },
          { answer: 0, map: 0, credits: [chair(0), desk(1)] },
        ]),
      ],
      EPSILON,
    );
    expect(estimate!.spans![0]).toEqual([
      // The desks are equal: nothing to learn from them. Behind them only the answer counts, and it is equal too.
      { start: 20, end: 25, advantage: expect.closeTo(0) },
      { start: 25, end: Infinity, advantage: expect.closeTo(0) },
    ]);
  });

  test('without credits they are those of reward-normalised', () => {
    const groups = [
      group([
        { answer: 1, map: 0.2 },
        { answer: 0, map: 0.7 },
        { answer: 0, map: 0.9 },
      ]),
      group([
        { answer: 1, map: 0.3 },
        { answer: 1, map: 0.8 },
      ]),
    ];
    const options = { epsilon: 1e-4, normaliseBatch: true };
    expect(creditSpans(groups, 1e-4)).toEqual(normaliseRewards(groups, options));
  });

  test('an object that one completion alone has is compared with nothing; the others keep theirs', () => {
    const [estimate] = creditSpans(
      [
        group([
          { answer: 1, map: 1, credits: [chair(1), desk(0.4)] },
          { answer: 1, map: 0, credits: [chair(0)] },
          { answer: 1, map: 0 },
        ]),
      ],
      EPSILON,
    );
    const at = (completion: number, place: number): number | undefined =>
      estimate!.spans![completion]!.find(({ start, end }) => start <= place && place < end)
        ?.advantage;
    expect(at(0, 22)).toBeCloseTo(0);
    expect(at(0, 12)).toBeGreaterThan(0);
    expect(at(1, 12)).toBeLessThan(0);
    expect(estimate!.spans![2]).toEqual([]);
  });

  test('an object is compared with leaving it out where credits say what that earns', () => {
    const worth = (credit: SpanCredit): SpanCredit => ({ ...credit, absent: 0 });
    const [estimate] = creditSpans(
      [
        group([
          { answer: 0, map: 0, credits: [worth(chair(1)), worth(desk(0.5))] },
          { answer: 0, map: 0, credits: [worth(chair(1)), { key: 'rug', start: 20, end: 25, value: -0.2, absent: 0 }] }, // prettier-ignore
          { answer: 0, map: 0, credits: [worth(chair(1))] },
          { answer: 0, map: 0 },
        ]),
      ],
      EPSILON,
    );
    const at = (completion: number, place: number): number =>
      estimate!.spans![completion]!.find(({ start, end }) => start <= place && place < end)
        ?.advantage ?? 0;
    // All maps have the chair, so nothing is learned from it; the completion without any credits is not compared.
    expect([at(0, 12), at(1, 12), at(2, 12)]).toEqual([0, 0, 0]);
    expect(at(0, 22)).toBeGreaterThan(0);
    expect(at(1, 22)).toBeLessThan(0);
    expect(at(3, 22)).toBe(0);
  });

  test('a stretch with a baseline is compared with it, also where all completions are alike', () => {
    const steps = (value: number, baseline: number): SpanCredit => ({ key: 'steps', start: 30, end: 40, value, baseline }); // prettier-ignore
    const at = (completions: readonly SpanCredit[], completion: number, others = [0, 1]): number =>
      creditSpans(
        [
          group(completions.map((credit) => ({ answer: 0, map: 0, credits: [credit] })), 2), // prettier-ignore
          group(others.map((answer) => ({ answer, map: 0 }))),
        ],
        EPSILON,
      )[0]!.spans![completion]!.find(({ start, end }) => start <= 30 && 30 < end)?.advantage ?? 0;
    const deviation = Math.sqrt((2 * Z ** 2) / 3); // of (0, 0, −Z, Z)
    // Both spoil what their maps promised, and nothing among them shows it.
    expect(at([steps(0.1, 1), steps(0.1, 1)], 0)).toBeCloseTo((2 * -0.9) / deviation);
    expect(at([steps(1, 1), steps(0.1, 0.1)], 1)).toBe(0);
    expect(at([steps(1, 0.1), steps(0.1, 0.1)], 0)).toBeCloseTo((2 * 0.9) / deviation);
    // A step whose completions are all equal has no deviation.
    expect(at([steps(0.1, 1), steps(0.1, 1)], 0, [0, 0])).toBeCloseTo(2 * -0.9);
  });

  test('a category that is written twice counts by its mean, in both places', () => {
    const [estimate] = creditSpans(
      [
        group([
          { answer: 0, map: 0, credits: [chair(1), chair(1, 30)] },
          { answer: 0, map: 0, credits: [chair(0)] },
        ]),
      ],
      EPSILON,
    );
    const [first] = estimate!.spans!;
    expect(first!.map(({ start }) => start)).toEqual([10, 30]);
    expect(first![0]!.advantage).toBe(first![1]!.advantage);
  });

  test('weights multiply what stretches earn, and a weight of 0 leaves the map out', () => {
    const told = [
      { answer: 1, map: 0.5, credits: [chair(1)] },
      { answer: 0, map: 0.5, credits: [chair(0)] },
    ];
    const advantageOf = (weight: number): number | undefined =>
      creditSpans([group(told, weight)], EPSILON)[0]!.spans![0]![0]?.advantage;
    expect(advantageOf(3)).toBeCloseTo(4 * Z);
    expect(advantageOf(0)).toBeUndefined();
  });
});
