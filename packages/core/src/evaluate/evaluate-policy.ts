import type { SamplingParameters } from '../spec/index.ts';
import type { RunReward } from '../rollout/score-groups.ts';

export interface EvaluateOptions {
  /** Questions asked, taken in the benchmark's order; all when absent. */
  readonly questions?: number;
  /** Prompts sampled at once. */
  readonly batchSize: number;
  /** Also ask with blank and with swapped videos. */
  readonly controls: boolean;
  /** Of the bootstrap, of the swaps and of sampling. */
  readonly seed: number;
  /** How to draw; greedy when absent. */
  readonly sampling?: SamplingParameters;
  /** Scores the completions with the run's rewards as well: measures `reward` and `reward/<name>`. */
  readonly rewards?: readonly RunReward[];
  /** Stops the evaluation; it then rejects with LociError `stopped`. */
  readonly signal?: AbortSignal;
  /** Called after each batch. */
  readonly onProgress?: (done: number, total: number, control: EvaluationPass) => void;
}
/** The questions as they are, or one of the controls. */
export type EvaluationPass = 'as-filmed' | 'blank' | 'swapped';
