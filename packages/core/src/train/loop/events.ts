import type { BenchmarkReport } from '../../evaluate/benchmark-report.ts';
import type { EvaluationPass } from '../../evaluate/passes.ts';
import type { EvaluationReport, ReportComparison } from '../../evaluate/report.ts';
import type { RewardFailure } from '../../rollout/score-groups.ts';
import type { BestStep, PolicyCapabilities, ScoredGroup } from '../../spec/index.ts';

/** What happens in a run, in order. Steps count from 1: `step-end` with step 3 says that three updates are done. */
export type RunEvent =
  | {
      readonly type: 'run-start';
      readonly runDirectory: string;
      /** Steps done before, when resumed. */
      readonly startStep: number;
      readonly totalSteps: number;
      readonly trainingSamples: number;
      readonly policy: PolicyCapabilities;
    }
  | { readonly type: 'step-start'; readonly step: number; readonly totalSteps: number }
  | {
      /** Text as it is being sampled; not part of any result. */
      readonly type: 'chunk';
      readonly step: number;
      readonly sampleId: string;
      readonly completion: number;
      readonly text: string;
    }
  | {
      readonly type: 'rollout-group';
      readonly step: number;
      readonly group: ScoredGroup;
      /** Not empty: the group is left out of the update. */
      readonly failures: readonly RewardFailure[];
      /** Set when the group taught nothing and another was drawn: it is left out of the update. */
      readonly leftOut?: 'no-signal';
    }
  | {
      readonly type: 'step-end';
      readonly step: number;
      readonly totalSteps: number;
      /** By slash-separated name, see `step-metrics.ts`. */
      readonly metrics: Readonly<Record<string, number>>;
    }
  | {
      readonly type: 'evaluation-progress';
      readonly step: number;
      readonly phase: 'before' | 'during' | 'after';
      readonly pass: EvaluationPass;
      /** Questions of this pass. */
      readonly done: number;
      readonly total: number;
    }
  | {
      readonly type: 'evaluation';
      readonly step: number;
      readonly phase: 'before' | 'during' | 'after';
      readonly report: EvaluationReport;
      /** Against the report of phase `before`, on the same items. */
      readonly comparison?: ReportComparison;
    }
  | {
      /** A benchmark of `evaluate.benchmarks` was asked. */
      readonly type: 'benchmark';
      readonly step: number;
      readonly name: string;
      readonly report: BenchmarkReport;
    }
  | { readonly type: 'checkpoint'; readonly step: number; readonly directory: string }
  | ({ readonly type: 'run-end' } & RunOutcome);

/**
 * `stopped`: someone asked for it, and a checkpoint was written. `plateaued` and `collapsed`: `stopWhen` ended the run, which is as
 * complete as a finished one.
 */
export type RunEndReason = 'finished' | 'stopped' | 'plateaued' | 'collapsed';

/** How a run ended. A run that fails rejects with a LociError instead. */
export interface RunOutcome {
  readonly step: number;
  readonly reason: RunEndReason;
  /** What `stopWhen` found, for people. */
  readonly why?: string;
  /** The step whose checkpoint is kept as the best, in a run that keeps one. */
  readonly best?: BestStep;
}
