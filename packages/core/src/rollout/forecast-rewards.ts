/** Forecasts the cost of future work by the rewards that estimate it. */
import type { RewardWork, Sample, SampleSource } from '../spec/index.ts';
import type { RunReward } from './run-reward.ts';

/** Questions that an estimate is made from. */
const SAMPLES = 16;

/** One line for each reward that costs money or requests; none for most runs. */
export function forecastRewards(
  rewards: readonly RunReward[],
  work: RewardWork,
): readonly string[] {
  return rewards.flatMap(({ name, reward }) =>
    reward.forecast === undefined ? [] : [`${name}: ${reward.forecast(work)}`],
  );
}

/** Whether any reward of the run estimates its cost. */
export function canForecast(rewards: readonly RunReward[]): boolean {
  return rewards.some(({ reward }) => reward.forecast !== undefined);
}

/** Samples spread evenly over a source, for an estimate. */
export async function samplesToEstimateFrom(source: SampleSource): Promise<readonly Sample[]> {
  const count = Math.min(SAMPLES, source.size);
  const samples: Sample[] = [];
  for (let index = 0; index < count; index++) {
    samples.push(await source.at(Math.floor((index * source.size) / count)));
  }
  return samples;
}
