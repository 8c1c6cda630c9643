/**
 * Events of training in this process: rollouts and evaluations. Their types come from folders above `spec/`, so they are declared here and
 * join the union `RunEvent` of `spec/trainer.ts`, which has the events of every trainer.
 */
import type { EvaluationReport } from '../../evaluate/figures/evaluation-report.ts';
import type { MeanDifferences } from '../../evaluate/figures/means.ts';
import type { RewardFailure } from '../../rollout/score-groups.ts';
import type { EvaluationCondition, ScoredGroup } from '../../spec/index.ts';

declare module '../../spec/trainer.ts' {
  interface RunEvents {
    /** A piece of text while it is being sampled; not part of any result. */
    readonly chunk: {
      readonly step: number;
      readonly sampleId: string;
      readonly completion: number;
      readonly text: string;
    };
    readonly 'rollout-group': {
      readonly step: number;
      readonly group: ScoredGroup;
      /** When not empty, the update leaves the group out. */
      readonly failures: readonly RewardFailure[];
      /** Set when the group has no signal and was replaced; the update leaves it out. */
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
