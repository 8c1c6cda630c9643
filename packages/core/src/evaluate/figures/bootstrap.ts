import { randomStream } from '../../random/seed.ts';
import type { ScoreFigure } from '../../spec/index.ts';

/** A figure with its 95 % percentile bootstrap interval over items. A single item has no interval (NaN). */
export interface Figure extends ScoreFigure {
  readonly low: number;
  readonly high: number;
}

const RESAMPLES = 2000;

/**
 * Mean with its 95 % percentile bootstrap interval (Efron & Tibshirani 1993, chapter 13). No values give 0 with a count of 0. Equal values
 * give an interval of zero width. One value gives no interval (NaN), because its spread is unknown.
 */
export function bootstrapMean(values: readonly number[], seed: number): Figure {
  const count = values.length;
  if (count === 0) return { value: 0, low: 0, high: 0, count };
  const value = average(values);
  if (count === 1) return { value, low: NaN, high: NaN, count };
  if (values.every((one) => one === values[0])) return { value, low: value, high: value, count };
  const random = randomStream(seed);
  const means = new Float64Array(RESAMPLES);
  for (let resample = 0; resample < RESAMPLES; resample++) {
    let sum = 0;
    for (let draw = 0; draw < count; draw++) sum += values[Math.floor(random() * count)]!;
    means[resample] = sum / count;
  }
  means.sort();
  return { value, low: quantile(means, 0.025), high: quantile(means, 0.975), count };
}

/** The mean; NaN for an empty list. */
export function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** A quantile of sorted values: linear interpolation between the order statistics. */
export function quantile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below]!;
  return low + (position - below) * ((sorted[below + 1] ?? low) - low);
}
