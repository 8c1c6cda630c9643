/** The records that a run sends to its sinks: files in its folder, TensorBoard, trackers. */
import type { RunAlert } from './alert.ts';
import type { RunEndReason } from './trainer.ts';
import type { MediaReference } from './sample.ts';
import type { RewardOutcome } from './reward.ts';

/** The figures of one step, by slash-separated name: `reward/answer`, `policy/kl`. */
export interface MetricRecord {
  readonly step: number;
  readonly values: Readonly<Record<string, number>>;
}

/** The facts of a run, sent once by each process, before anything else. */
export interface RunStart {
  /** Name of the run folder. */
  readonly name: string;
  readonly runDirectory: string;
  /** The stored `config.yaml`. Texts from the environment are references, so it has no secrets. */
  readonly configText: string;
  /** Steps done before, and steps in all. */
  readonly startStep: number;
  readonly totalSteps: number;
  /** Questions to learn from. */
  readonly trainingSamples: number;
  /** The policy's description. */
  readonly model: string;
  /** Versions of Loci and Node. */
  readonly versions: Readonly<Record<string, string>>;
  /** As typed, when a person started the run. */
  readonly command?: string;
}

/** A completion that was sampled for training, with its scores. */
export interface LoggedRollout {
  readonly step: number;
  readonly sampleId: string;
  readonly kind: string;
  readonly problem: string;
  readonly options: readonly string[];
  /** As stored, in answer tags. */
  readonly solution: string;
  readonly media: readonly MediaReference[];
  /** Index within the group. */
  readonly completion: number;
  /** Start of the answer that the prompt already contains; absent when there is none. */
  readonly opened?: string;
  readonly text: string;
  readonly tokens: number;
  /** Null when every reward abstained, or one failed. */
  readonly reward: number | null;
  readonly advantage: number | null;
  /** Outcomes of the rewards, by name. */
  readonly outcomes: Readonly<Record<string, RewardOutcome>>;
}

/** Figures in rows and columns. */
export interface RunTable {
  /** `evaluation/after`, `evaluation/after/items`. */
  readonly name: string;
  readonly step: number;
  readonly columns: readonly string[];
  /** Null for a missing value. */
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** How a process ended; `failed` when an error ended it. */
export interface RunEnding {
  readonly step: number;
  readonly reason: RunEndReason | 'failed';
  /** The finding of `stopWhen`, or the error, for people. */
  readonly why?: string;
}

/** The records that a tracker still has to send. */
export interface SinkBacklog {
  /** Of the sink. */
  readonly name: string;
  readonly sent: number;
  readonly left: number;
  /** Why records are left, for people. */
  readonly problem?: string;
}

/**
 * Receives the records of a run. Data given to `write` is on disk when it returns. A sink implements the functions for the records that it
 * takes. They are called in the order of events and return at once; slow work continues in the background until `close`.
 */
export interface MetricSink {
  /** Called after `rewind`, before everything else. */
  begin?(start: RunStart): void;
  write(record: MetricRecord): void;
  /** Receives the rollouts of a step, without those of looks, before the figures of the step. */
  rollouts?(step: number, rollouts: readonly LoggedRollout[]): void;
  /** Receives a table of an evaluation, after its figures. */
  table?(table: RunTable): void;
  /** Receives an alert, after the figures of its step. */
  alert?(alert: RunAlert): void;
  /** Called last before `close`, unless the process was killed. */
  end?(ending: RunEnding): void;
  /** Called before everything else: drops records of later steps, which an interrupted run wrote; -1 drops all. */
  rewind?(lastStep: number): void;
  /** Sends pending records, outside of a run. */
  catchUp?(): Promise<SinkBacklog>;
  close(): Promise<void>;
}
