import type { OptimStepParameters, SamplingParameters } from './policy.ts';
import type { RewardedGroup, ScoredGroup } from './rollout.ts';

/** The advantage of the tokens that write one stretch of a completion. */
export interface SpanAdvantage {
  /** In UTF-16 units of the turn, what the prompt opened included. */
  readonly start: number;
  /** Behind the last unit. */
  readonly end: number;
  readonly advantage: number;
}

/** The advantages of a group. Arrays have one entry a completion. */
export interface GroupAdvantages {
  readonly advantages: Float64Array;
  /**
   * Stretches whose tokens have an advantage of their own in place of the completion's, in order and without overlaps. Only from
   * estimators that are `perToken`.
   */
  readonly spans?: readonly (readonly SpanAdvantage[])[];
  /** What each reward adds to the advantages, by name: they sum to them. Only from estimators that tell rewards apart. */
  readonly shares?: ReadonlyMap<string, Float64Array>;
}

/** Says how much better than others a completion is. */
export interface AdvantageEstimator {
  /** Whether tokens of one completion may have different advantages; the objective must take them (`perToken`). */
  readonly perToken?: true;
  /**
   * @param groups All groups of a step that may be trained on, whatever the micro-batches of the update.
   * @returns One entry a group, in order.
   */
  estimate(groups: readonly RewardedGroup[]): readonly GroupAdvantages[];
}

/** A scored group with its advantages and, when the objective asked for them, the start model's log-probabilities. */
export interface AdvantagedGroup extends ScoredGroup, GroupAdvantages {
  readonly referenceLogProbs?: readonly Float32Array[];
  /** Which completions the update does without, one entry a completion; absent where it trains on all. */
  readonly leftOut?: readonly boolean[];
}

/** The optimizer's numbers, from the config's `optimizer`; the learning rate is multiplied by the schedule. */
export interface Optimizer {
  readonly parameters: OptimStepParameters;
}

/** Factor of the learning rate at a step counted from 0. */
export interface Schedule {
  factor(step: number, totalSteps: number): number;
}

/** How completions are drawn, from the config's `sampler`. */
export interface Sampler {
  readonly parameters: SamplingParameters;
  /** Completions per prompt (the group size G). */
  readonly completionsPerPrompt: number;
}
