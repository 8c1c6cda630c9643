/** How well a score separates two kinds of maps, over many scenes. */

/** A mean with its standard error. */
export interface Estimate {
  readonly mean: number;
  readonly error: number;
}

/** The scores of one scene: of the maps that should rank high, and of those that should rank low. */
export interface SceneScores {
  readonly high: readonly number[];
  readonly low: readonly number[];
}

/** Mean of independent values and its standard error. */
export function estimate(values: readonly number[]): Estimate {
  const mean = average(values);
  return { mean, error: Math.sqrt(variance(values, mean) / values.length) };
}

/** The arithmetic mean. */
export function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Standard deviation of a sample. */
export function deviation(values: readonly number[]): number {
  return Math.sqrt(variance(values, average(values)));
}

/** The value below which a share of the values lies (nearest rank). */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
}

function variance(values: readonly number[], mean: number): number {
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}

/** The probability that a high map of a scene scores above a low one of the same scene, ties counted half; mean over the scenes. */
export function withinScenes(scenes: readonly SceneScores[]): Estimate {
  return estimate(scenes.map(({ high, low }) => average(placements(high, low))));
}

/**
 * The same for maps of any scenes, with the standard error of clustered data: the variance over the scenes of the mean
 * placements of their maps (Obuchowski, Biometrics 53, 1997). Every scene has as many maps as the others.
 */
export function acrossScenes(scenes: readonly SceneScores[]): Estimate {
  const high = scenes.flatMap((scene) => scene.high);
  const low = scenes.flatMap((scene) => scene.low);
  const highPlacements = placements(high, low);
  const lowPlacements = placements(low, high);
  const mean = average(highPlacements);
  const pulls = scenes.map((scene, index) => {
    const ofHigh = highPlacements.slice(index * scene.high.length, (index + 1) * scene.high.length);
    const ofLow = lowPlacements.slice(index * scene.low.length, (index + 1) * scene.low.length);
    return average(ofHigh) - mean + (1 - average(ofLow) - mean);
  });
  return { mean, error: Math.sqrt(variance(pulls, 0) / scenes.length) };
}

/** For each value the share of the others that it exceeds, ties counted half. */
function placements(values: readonly number[], others: readonly number[]): readonly number[] {
  const sorted = Float64Array.from(others).sort();
  return values.map((value) => {
    const below = firstWhere(sorted, (other) => other >= value);
    const upTo = firstWhere(sorted, (other) => other > value);
    return (below + upTo) / 2 / sorted.length;
  });
}

/** Index of the first element that satisfies a condition which, once true, stays true. */
function firstWhere(sorted: Float64Array, holds: (value: number) => boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(sorted[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}
