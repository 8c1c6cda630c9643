import type { OptimStepParameters, SamplingParameters } from './policy.ts';
import type { RewardedGroup, ScoredGroup } from './rollout.ts';

/** The advantage of the tokens that write one stretch of a completion. */
export interface SpanAdvantage {
  /** In UTF-16 units of the turn, including what the prompt opened. */
  readonly start: number;
  /** Behind the last unit. */
  readonly end: number;
  readonly advantage: number;
}

/** The advantages of a group. Arrays have one entry for each completion. */
export interface GroupAdvantages {
  readonly advantages: Float64Array;
  /**
   * Stretches whose tokens have their own advantage instead of the completion's, in order and without overlaps. Only from estimators that
   * are `perToken`.
   */
  readonly spans?: readonly (readonly SpanAdvantage[])[];
  /** The share of each reward in the advantages, by name; they sum to the advantages. Only from estimators that compare rewards one by one. */
  readonly shares?: ReadonlyMap<string, Float64Array>;
}

/** Estimates how much better a completion is than others. */
export interface AdvantageEstimator {
  /**
   * Whether tokens of one completion may have different advantages: `always`, so that a run in which no reward credits spans does not
   * start, or `where-credited`. The objective must take them (`perToken`).
   */
  readonly perToken?: 'always' | 'where-credited';
  /**
   * @param groups All groups of a step that may be trained on, independent of the micro-batches of the update.
   * @returns One entry for each group, in order.
   */
  estimate(groups: readonly RewardedGroup[]): readonly GroupAdvantages[];
}

/** A scored group with its advantages and, when the objective needs them, the start model's log-probabilities. */
export interface AdvantagedGroup extends ScoredGroup, GroupAdvantages {
  readonly referenceLogProbs?: readonly Float32Array[];
  /** Whether the update leaves a completion out, one entry for each; absent when it trains on all. */
  readonly leftOut?: readonly boolean[];
}

/** The optimizer's parameters, from the config's `optimizer`; the schedule multiplies the learning rate. */
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
