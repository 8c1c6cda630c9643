/** What a report is made from: the files of a run folder, as values. Types only; `read-run.ts` reads them. */
import type { CognitiveMap, MetricRecord, RewardOutcome } from '@loci/core';

/** One rollout as the run wrote it down. */
export interface RolloutEntry {
  readonly step: number;
  readonly sampleId: string;
  readonly questionKind?: string;
  readonly problem: string;
  readonly options: readonly string[];
  readonly solution: string;
  /** Absolute path of the video or image. */
  readonly mediaPath: string;
  readonly trueMap?: CognitiveMap;
  readonly text: string;
  /** Weighted sum that the advantages came from; absent when a reward failed. */
  readonly reward?: number;
  readonly outcomes: Readonly<Record<string, RewardOutcome>>;
}

/** A figure with its 95 % interval. */
export interface Estimate {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}
