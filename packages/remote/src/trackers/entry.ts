/** What a tracker is sent, one entry at a time, as it waits on the disk. Types only. */
import type { LoggedRollout, RunAlert, RunEnding, RunStart, RunTable } from '@loci/core';

/** A rollout that is shown, with the file of its picture where one could be drawn. */
export interface TrackedRollout extends Pick<
  LoggedRollout,
  'sampleId' | 'kind' | 'problem' | 'options' | 'solution' | 'text' | 'reward' | 'advantage'
> {
  /** What the rewards gave, by name; null where one gave nothing. */
  readonly rewards: Readonly<Record<string, number | null>>;
  /** Name within the folder of the outbox. */
  readonly picture?: string;
}

/** What happened, by kind. */
export type TrackedEvent =
  | { readonly kind: 'start'; readonly start: Omit<RunStart, 'runDirectory'> }
  | { readonly kind: 'figures'; readonly values: Readonly<Record<string, number>> }
  | { readonly kind: 'rollouts'; readonly rollouts: readonly TrackedRollout[] }
  | { readonly kind: 'table'; readonly table: RunTable }
  | { readonly kind: 'alert'; readonly alert: RunAlert }
  | { readonly kind: 'end'; readonly ending: RunEnding };

/** An event with its place in the run. Sent twice, it is known by its id. */
export type TrackedEntry = TrackedEvent & {
  readonly step: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Unique within the run and the same after a resumption, but for starts and ends: `figures:reward/total:12`. */
  readonly id: string;
};

/** What becomes known of a run while it is sent, and outlives the process: ids that the tracker gave. */
export type TrackerState = Readonly<Record<string, string>>;

/** A batch to send. */
export interface Delivery {
  readonly entries: readonly TrackedEntry[];
  /** Never the same for two runs; the same after a resumption. */
  readonly runId: string;
  /** Bytes of a picture; undefined where the file has gone. */
  picture(name: string): Buffer | undefined;
  /** As it is now: with what `note` was given. */
  readonly state: TrackerState;
  /** Keeps what became known, at once. */
  note(state: TrackerState): void;
  readonly signal: AbortSignal;
}

/** A program that keeps runs, behind HTTP. */
export interface Tracker {
  /** As messages call it, with its address. */
  readonly title: string;
  /**
   * Sends a batch, all or in part; a batch that failed is sent again.
   *
   * @throws TrackerRefusal when the tracker will never take it. Any other error is of a tracker that cannot be reached now.
   */
  send(delivery: Delivery): Promise<void>;
}

/** The tracker understood the request and will never take it. */
export class TrackerRefusal extends Error {
  override readonly name = 'TrackerRefusal';
}
