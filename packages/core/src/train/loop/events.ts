/**
 * Events of training in this process, beside those of every trainer (`spec/trainer.ts`): rollouts and evaluations. Their types
 * come from folders above the contracts, so they are declared here and join the union `RunEvent`.
 */
import type { EvaluationReport } from '../../evaluate/figures/evaluation-report.ts';
import type { MeanDifferences } from '../../evaluate/figures/means.ts';
import type { RewardFailure } from '../../rollout/score-groups.ts';
import type { EvaluationCondition, ScoredGroup } from '../../spec/index.ts';

declare module '../../spec/trainer.ts' {
  interface RunEvents {
    /** Text as it is being sampled; not part of any result. */
    readonly chunk: {
      readonly step: number;
      readonly sampleId: string;
      readonly completion: number;
      readonly text: string;
    };
    readonly 'rollout-group': {
      readonly step: number;
      readonly group: ScoredGroup;
      /** Not empty: the group is left out of the update. */
      readonly failures: readonly RewardFailure[];
      /** Set when the group taught nothing and another was drawn: it is left out of the update. */
      readonly leftOut?: 'no-signal';
    };
    readonly 'evaluation-progress': {
      readonly step: number;
      readonly phase: 'before' | 'during' | 'after';
      readonly condition: EvaluationCondition;
      /** Questions under this condition. */
      readonly done: number;
      readonly total: number;
    };
    readonly evaluation: {
      readonly step: number;
      readonly phase: 'before' | 'during' | 'after';
      readonly report: EvaluationReport;
      /** Against the evaluation of phase `before`, on the same items. */
      readonly comparison?: MeanDifferences;
    };
    /** A benchmark of `evaluate.benchmarks` was evaluated. */
    readonly benchmark: {
      readonly step: number;
      readonly name: string;
      readonly report: EvaluationReport;
    };
  }
}

export type { RunEvent, RunOutcome } from '../../spec/index.ts';
