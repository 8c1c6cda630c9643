/**
 * Intervals over questions and seeds. Every seed's run answers every question, so the two are crossed: a question can be easy for all runs,
 * and a run good at all questions. The pigeonhole bootstrap (Owen, The pigeonhole bootstrap, Annals of Applied Statistics 1(2), 2007)
 * resamples both with replacement: a drawn question brings its answers from every drawn seed. Resampling S seeds understates their variance
 * by the factor (S − 1) / S, so deviations from the mean over seeds are widened by √(S / (S − 1)).
 */
import { randomStream } from '../../random/seed.ts';
import { quantile } from './bootstrap.ts';
import type { Figure } from './bootstrap.ts';

/** For each seed one value of each question, always in the same order; NaN when a question has none. */
export type SeedRows = readonly Float64Array[];

/** A figure over questions and seeds. `count` is the number of questions for which at least one seed has a value. */
export interface CrossedFigure extends Figure {
  /** The mean over the questions for each seed, in the order of the rows. */
  readonly bySeed: readonly number[];
}

const RESAMPLES = 2000;

/**
 * The mean with its 95 % percentile interval. With one seed the interval covers questions only. A single question has none (NaN).
 *
 * @param rows At least one, all of the same length.
 * @param resamples Number of bootstrap draws.
 */
export function crossedMean(rows: SeedRows, seed: number, resamples = RESAMPLES): CrossedFigure {
  const kept = questionsWithValue(rows);
  const values = rows.map((row) => Float64Array.from(kept, (question) => row[question]!));
  const means = Float64Array.from(kept, (_, question) =>
    meanOf(values.map((row) => row[question]!)),
  );
  const bySeed = values.map((row) => meanOf([...row]));
  const value = kept.length === 0 ? 0 : meanOf([...means]);
  if (kept.length < 2) return { value, low: NaN, high: NaN, count: kept.length, bySeed };
  const resampled = resample(values, means, seed, resamples);
  const low = quantile(resampled, 0.025);
  return { value, low, high: quantile(resampled, 0.975), count: kept.length, bySeed };
}

/** The differences `second − first` of the same questions and seeds, question by question. */
export function differencesOf(first: SeedRows, second: SeedRows): SeedRows {
  return second.map((row, index) => row.map((value, question) => value - first[index]![question]!));
}

function questionsWithValue(rows: SeedRows): readonly number[] {
  const questions = Array.from({ length: rows[0]?.length ?? 0 }, (_, question) => question);
  return questions.filter((question) => rows.some((row) => !Number.isNaN(row[question]!)));
}

/** Mean over the values that are not NaN; NaN when there are none. */
function meanOf(values: readonly number[]): number {
  const there = values.filter((value) => !Number.isNaN(value));
  return there.reduce((sum, value) => sum + value, 0) / there.length;
}

/** Sorted means of the resamples. */
function resample(
  rows: SeedRows,
  means: Float64Array,
  seed: number,
  resamples: number,
): Float64Array {
  const random = randomStream(seed);
  const seeds = rows.length;
  const questions = means.length;
  const widened = seeds === 1 ? 0 : Math.sqrt(seeds / (seeds - 1));
  const found = new Float64Array(resamples);
  for (let draw = 0; draw < resamples; draw++) {
    const weights = new Uint32Array(seeds);
    for (let pick = 0; pick < seeds; pick++) weights[Math.floor(random() * seeds)]!++;
    let sum = 0;
    for (let pick = 0; pick < questions; pick++) {
      const question = Math.floor(random() * questions);
      sum += means[question]! + widened * seedShift(rows, weights, question, means[question]!);
    }
    found[draw] = sum / questions;
  }
  return found.sort();
}

/** Distance of the drawn seeds' mean from the mean of all, at one question. A missing value counts as that mean. */
function seedShift(rows: SeedRows, weights: Uint32Array, question: number, mean: number): number {
  let shift = 0;
  for (let row = 0; row < rows.length; row++) {
    const value = rows[row]![question]!;
    if (weights[row]! > 0 && !Number.isNaN(value)) shift += weights[row]! * (value - mean);
  }
  return shift / rows.length;
}
