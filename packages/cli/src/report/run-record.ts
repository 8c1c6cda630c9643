/** What a report is made from: the files of a run folder, as values. Types only; `read-run.ts` reads them. */
import type {
  CognitiveMap,
  EvaluationReport,
  MediaReference,
  MetricRecord,
  ReportComparison,
  RewardOutcome,
} from '@loci/core';

/** One rollout as the run wrote it down. */
export interface RolloutEntry {
  readonly step: number;
  readonly sampleId: string;
  readonly questionKind?: string;
  readonly problem: string;
  readonly options: readonly string[];
  readonly solution: string;
  readonly media: MediaReference;
  readonly trueMap?: CognitiveMap;
  readonly text: string;
  /** Weighted sum that the advantages came from; absent when a reward failed. */
  readonly reward?: number;
  readonly outcomes: Readonly<Record<string, RewardOutcome>>;
}

/** A run folder. */
export interface RunRecord {
  readonly directory: string;
  /** `config.yaml` as it lies there. */
  readonly configText: string;
  /** One record a step, in order. */
  readonly metrics: readonly MetricRecord[];
  readonly rollouts: readonly RolloutEntry[];
  readonly before?: EvaluationReport;
  readonly after?: EvaluationReport;
  readonly comparison?: ReportComparison;
}
