/** Estimates the cost of scoring a file of rollouts again, for rewards that cost money. */
import { canForecast, forecastRewards } from '@loci/core';
import type { RunReward, Sample } from '@loci/core';
import { rebuildSample } from './group-rollouts.ts';
import { readRollouts } from './read-rollouts.ts';

/** Most questions for the estimate. */
const SAMPLES = 16;

/** Lines for people; empty, without reading the file, where no reward costs money. */
export async function forecastRescore(
  file: string,
  rewards: readonly RunReward[],
): Promise<readonly string[]> {
  if (!canForecast(rewards)) return [];
  const samples = new Map<string, Sample>();
  let completions = 0;
  let maxNewTokens = 1;
  for await (const read of readRollouts(file)) {
    if (read.broken !== undefined || read.rollout.look !== undefined) continue;
    const { rollout } = read;
    completions++;
    maxNewTokens = Math.max(maxNewTokens, rollout.tokens);
    if (samples.size < SAMPLES) samples.set(rollout.sampleId, rebuildSample(rollout));
  }
  return forecastRewards(rewards, {
    ...{ name: 'the file', completions, maxNewTokens },
    samples: [...samples.values()],
  });
}
