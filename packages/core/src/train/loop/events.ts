import type { EvaluationReport } from '../../evaluate/figures/evaluation-report.ts';
import type { MeanDifferences } from '../../evaluate/figures/means.ts';
import type { RewardFailure } from '../../rollout/score-groups.ts';
import type { EvaluationCondition, PolicyCapabilities, ScoredGroup } from '../../spec/index.ts';

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
      readonly condition: EvaluationCondition;
      /** Questions under this condition. */
      readonly done: number;
      readonly total: number;
    }
  | {
      readonly type: 'evaluation';
      readonly step: number;
      readonly phase: 'before' | 'during' | 'after';
      readonly report: EvaluationReport;
      /** Against the evaluation of phase `before`, on the same items. */
      readonly comparison?: MeanDifferences;
    }
  | {
      /** A benchmark of `evaluate.benchmarks` was evaluated. */
      readonly type: 'benchmark';
      readonly step: number;
      readonly name: string;
      readonly report: EvaluationReport;
    }
  | { readonly type: 'checkpoint'; readonly step: number; readonly directory: string }
  | { readonly type: 'run-end'; readonly step: number; readonly reason: RunEndReason };

/** `stopped`: someone asked for it, and a checkpoint was written. */
export type RunEndReason = 'finished' | 'stopped';

/** How a run ended. A run that fails rejects with a LociError instead. */
export interface RunOutcome {
  readonly step: number;
  readonly reason: RunEndReason;
}
