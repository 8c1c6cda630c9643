/** Type of the content of a run folder, from which a report is made. `read-run.ts` reads it. */
import type { StepBenchmark } from './benchmarks.ts';
import type { BestCheckpoint, EvaluationsOfRun, MetricRecord, RunAlert } from '@loci/core';
import type { RolloutDigest } from './rollout-digest.ts';
import type { Standing } from './standing.ts';

/** A run folder. */
export interface RunRecord extends EvaluationsOfRun {
  readonly directory: string;
  /** Text of `config.yaml`. */
  readonly configText: string;
  /** In the order of their steps, including evaluations; empty when the run had no `jsonl` sink. */
  readonly metrics: readonly MetricRecord[];
  readonly rollouts: RolloutDigest;
  /** In the order in which they were raised. */
  readonly alerts: readonly RunAlert[];
  readonly standing: Standing;
  /** The checkpoint with the best held-out figure, in a run that keeps one. */
  readonly best?: BestCheckpoint;
  /** Further benchmarks, at every step at which they were evaluated. */
  readonly benchmarks: readonly StepBenchmark[];
}
