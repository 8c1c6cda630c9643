/** For tests of validation: a sound reward to break, and the reports on it. */
import type { Reward, RewardInput, RewardOutcome, Sample } from '../../src/spec/index.ts';
import type { RunReward } from '../../src/rollout/run-reward.ts';
import { fakeSample } from '../../src/testing/index.ts';
import type { RewardReport } from '../../src/reward-contract/reward-tally.ts';
import { validateRewards } from '../../src/reward-contract/validate-rewards.ts';

export const RIGHT = '<answer>B</answer>';
export const scored = (value: number): RewardOutcome => ({ status: 'scored', value });
export const judged = ({ completions }: RewardInput): RewardOutcome[] =>
  completions.map(({ text }) => scored(text.endsWith(RIGHT) ? 1 : 0));

/** A sound reward, or one with something else about it. */
export const reward = (changes: Partial<Reward> = {}): Reward => ({
  range: [0, 1],
  score: judged,
  ...changes,
});

export const entry = (made: Reward, name = 'tried', timeoutMs = 1000): RunReward => ({
  name,
  weight: 1,
  timeoutMs,
  reward: made,
});

export async function validate(
  make: () => readonly RunReward[],
  samples: readonly Sample[] = [fakeSample()],
  corrected?: readonly RunReward[],
): Promise<readonly RewardReport[]> {
  return validateRewards({
    rewards: make(),
    fresh: make(),
    samples,
    ...(corrected && { corrected }),
  });
}

/** Scores each text by itself. */
export const perText = (value: (text: string) => number): Partial<Reward> => ({
  score: ({ completions }) => completions.map(({ text }) => scored(value(text))),
});
