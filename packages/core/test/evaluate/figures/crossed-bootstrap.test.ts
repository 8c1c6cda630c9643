import { describe, expect, test } from '@jest/globals';
import { bootstrapMean } from '../../../src/evaluate/figures/bootstrap.ts';
import { crossedMean, differencesOf } from '../../../src/evaluate/figures/crossed-bootstrap.ts';
import { randomStream } from '../../../src/random/seed.ts';
import type { RandomStream } from '../../../src/random/seed.ts';

const rowsOf = (...rows: readonly (readonly number[])[]) =>
  rows.map((row) => Float64Array.from(row));

/** A standard normal number (Box and Muller). */
function normal(random: RandomStream): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

interface Simulated {
  readonly seeds: number;
  readonly questions: number;
  /** Standard deviations. */
  readonly ofQuestion: number;
  readonly ofSeed: number;
  readonly ofAnswer: number;
}

/** Share of simulated studies whose interval holds the true mean, 0.1. */
function coverage({ seeds, questions, ...spread }: Simulated, studies: number): number {
  const random = randomStream(11);
  let held = 0;
  for (let study = 0; study < studies; study++) {
    const byQuestion = Array.from({ length: questions }, () => spread.ofQuestion * normal(random));
    const rows = Array.from({ length: seeds }, () => {
      const ofSeed = spread.ofSeed * normal(random);
      return Float64Array.from(
        byQuestion,
        (question) => 0.1 + question + ofSeed + spread.ofAnswer * normal(random),
      );
    });
    const { low, high } = crossedMean(rows, study, 300);
    if (low <= 0.1 && 0.1 <= high) held++;
  }
  return held / studies;
}

describe('crossedMean', () => {
  test('worked by hand: mean, mean of each seed, count', () => {
    const figure = crossedMean(rowsOf([0, 1, 1, 0], [1, 1, 1, 0]), 1);
    expect(figure).toMatchObject({ value: 0.625, count: 4, bySeed: [0.5, 0.75] });
    expect(figure.low).toBeLessThan(0.625);
    expect(figure.high).toBeGreaterThan(0.625);
  });

  test('equal values have an interval of no width', () => {
    expect(crossedMean(rowsOf([2, 2, 2], [2, 2, 2]), 1)).toMatchObject({ low: 2, high: 2 });
  });

  test('two seeds that disagree on everything: the ends are ±√2 beyond the mean', () => {
    // Drawn seeds are both the first, both the second, or one each: −1, 1 or 0, widened by √(2 / 1).
    const { value, low, high } = crossedMean(rowsOf([0, 0, 0, 0], [2, 2, 2, 2]), 1);
    expect(value).toBe(1);
    expect(low).toBeCloseTo(1 - Math.SQRT2, 12);
    expect(high).toBeCloseTo(1 + Math.SQRT2, 12);
  });

  test('one seed: as wide as the bootstrap over questions', () => {
    const random = randomStream(3);
    const row = Float64Array.from({ length: 200 }, () => random());
    const [one, plain] = [crossedMean([row], 1), bootstrapMean([...row], 1)];
    expect(one.value).toBeCloseTo(plain.value, 12);
    expect(Math.abs(one.high - one.low - (plain.high - plain.low))).toBeLessThan(0.01);
  });

  test('answers that are missing are left out, and questions without any', () => {
    const figure = crossedMean(rowsOf([1, NaN, NaN], [0, 1, NaN]), 1);
    expect(figure.count).toBe(2);
    expect(figure.value).toBeCloseTo(0.75, 12);
    expect(figure.bySeed).toEqual([1, 0.5]);
    expect(crossedMean(rowsOf([NaN]), 1)).toMatchObject({ value: 0, count: 0 });
  });

  test('differences are taken question by question, seed by seed', () => {
    expect(differencesOf(rowsOf([1, 2], [3, 4]), rowsOf([2, 2], [3, NaN]))).toEqual(
      rowsOf([1, 0], [0, NaN]),
    );
  });
});

describe('coverage of the 95 % interval in simulated studies', () => {
  test('questions vary most, three seeds: as named', () => {
    const share = coverage(
      { seeds: 3, questions: 30, ofQuestion: 0.4, ofSeed: 0.01, ofAnswer: 0.3 },
      150,
    );
    expect(share).toBeGreaterThan(0.9);
    expect(share).toBeLessThanOrEqual(1);
  });

  test('seeds vary as much as the mean over questions does, eight seeds: nearly', () => {
    const share = coverage(
      { seeds: 8, questions: 30, ofQuestion: 0.4, ofSeed: 0.1, ofAnswer: 0.1 },
      150,
    );
    expect(share).toBeGreaterThan(0.88);
  });

  test('a bootstrap over questions alone would be far too sure there', () => {
    const random = randomStream(5);
    let held = 0;
    for (let study = 0; study < 40; study++) {
      const rows = Array.from({ length: 8 }, () => {
        const ofSeed = 0.1 * normal(random);
        return Float64Array.from({ length: 30 }, () => 0.1 + ofSeed + 0.1 * normal(random));
      });
      const means = Array.from({ length: 30 }, (_, question) =>
        rows.reduce((sum, row) => sum + row[question]! / 8, 0),
      );
      const { low, high } = bootstrapMean(means, study);
      if (low <= 0.1 && 0.1 <= high) held++;
    }
    expect(held / 40).toBeLessThan(0.4);
  });
});
