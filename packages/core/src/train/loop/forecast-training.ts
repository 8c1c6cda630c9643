/** Forecasts the cost of a run's rewards before its first step. */
import type { RunConfig } from '../../config/run-config.ts';
import {
  canForecast,
  forecastRewards,
  samplesToEstimateFrom,
} from '../../rollout/forecast-rewards.ts';
import type { RunReward } from '../../rollout/run-reward.ts';
import type { SampleSource } from '../../spec/index.ts';

/** Lines with the cost of an epoch and of the remaining steps; none when no reward spends money or tokens. */
export async function forecastTraining(
  rewards: readonly RunReward[],
  source: SampleSource,
  { steps, promptsPerStep, sampler }: RunConfig,
  startStep: number,
): Promise<readonly string[]> {
  if (!canForecast(rewards)) return [];
  const { completionsPerPrompt, maxNewTokens } = sampler;
  const samples = await samplesToEstimateFrom(source);
  const work = (name: string, questions: number) =>
    forecastRewards(rewards, {
      ...{ name, samples, maxNewTokens },
      completions: questions * completionsPerPrompt,
    });
  const left = Math.max(0, steps - startStep);
  return [
    ...work('an epoch', source.size),
    ...work(`the ${left} steps to come`, left * promptsPerStep),
  ];
}
