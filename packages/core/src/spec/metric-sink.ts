/** What a run sends to whoever keeps its figures: files of its folder, TensorBoard, trackers. */
import type { RunAlert } from './alert.ts';
import type { RunEndReason } from './trainer.ts';
import type { MediaReference } from './sample.ts';
import type { RewardOutcome } from './reward.ts';

/** The figures of one step, by slash-separated name: `reward/answer`, `policy/kl`. */
export interface MetricRecord {
  readonly step: number;
  readonly values: Readonly<Record<string, number>>;
}

/** What a run is, told once a process, before anything else. */
export interface RunStart {
  /** Name of the run folder. */
  readonly name: string;
  readonly runDirectory: string;
  /** `config.yaml` as it is stored: what came from the environment is a reference, so that no key is in it. */
  readonly configText: string;
  /** Steps done before, and steps in all. */
  readonly startStep: number;
  readonly totalSteps: number;
  /** Questions to learn from. */
  readonly trainingSamples: number;
  /** What the policy says of itself. */
  readonly model: string;
  /** Versions of Loci and Node. */
  readonly versions: Readonly<Record<string, string>>;
  /** As it was typed, where a person started the run. */
  readonly command?: string;
}

/** A completion that was sampled for training, with what became of it. */
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
  /** What the prompt opened of the answer; absent where it opened nothing. */
  readonly opened?: string;
  readonly text: string;
  readonly tokens: number;
  /** Null when every reward abstained, or one failed. */
  readonly reward: number | null;
  readonly advantage: number | null;
  /** What the rewards said, by name. */
  readonly outcomes: Readonly<Record<string, RewardOutcome>>;
}

/** Figures in rows and columns. */
export interface RunTable {
  /** `evaluation/after`, `evaluation/after/items`. */
  readonly name: string;
  readonly step: number;
  readonly columns: readonly string[];
  /** Null where there is none. */
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** How a process came to its end; `failed` when an error ended it. */
export interface RunEnding {
  readonly step: number;
  readonly reason: RunEndReason | 'failed';
  /** What `stopWhen` found, or the error, for people. */
  readonly why?: string;
}

/** What of a tracker is still to be sent. */
export interface SinkBacklog {
  /** Of the sink. */
  readonly name: string;
  readonly sent: number;
  readonly left: number;
  /** Why something is left, for people. */
  readonly problem?: string;
}

/**
 * Takes what a run has to show. What `write` was given is on disk when it returns. A sink has the functions for what it wants. They are called
 * in the order in which things happen, and return at once: work that takes time goes on in the background until `close`.
 */
export interface MetricSink {
  /** Called after `rewind`, before all else. */
  begin?(start: RunStart): void;
  write(record: MetricRecord): void;
  /** Takes the rollouts of a step, those of looks left out, before the figures of the step. */
  rollouts?(step: number, rollouts: readonly LoggedRollout[]): void;
  /** Takes tables of an evaluation, after its figures. */
  table?(table: RunTable): void;
  /** Takes an alert, after the figures of its step; a sink without it leaves alerts out. */
  alert?(alert: RunAlert): void;
  /** Called last before `close`, unless the process was killed. */
  end?(ending: RunEnding): void;
  /** Called before all else: drops what an interrupted run wrote of later steps; all of it where `lastStep` is -1. */
  rewind?(lastStep: number): void;
  /** Sends what could not be sent before, outside of a run. */
  catchUp?(): Promise<SinkBacklog>;
  close(): Promise<void>;
}
