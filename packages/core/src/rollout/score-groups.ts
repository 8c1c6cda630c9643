import type { Reward } from '../spec/index.ts';

/** A reward as the config places it in a run. */
export interface RunReward {
  readonly name: string;
  readonly reward: Reward;
  /** Factor of its value in the sum. */
  readonly weight: number;
  readonly timeoutMs: number;
}

/** A reward that threw, timed out, or answered nonsense: with whose completion, and what it said. */
export interface RewardFailure {
  readonly reward: string;
  readonly sampleId: string;
  /** Index within the group; absent when the whole call failed. */
  readonly completion?: number;
  readonly message: string;
}
