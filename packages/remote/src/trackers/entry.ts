/** The entries that go to a tracker, in the form in which they wait on the disk. Types only. */
import type { LoggedRollout, RunAlert, RunEnding, RunStart, RunTable } from '@loci/core';

/** A rollout to show, with the file of its picture where there is one. */
export interface TrackedRollout extends Pick<
  LoggedRollout,
  'sampleId' | 'kind' | 'problem' | 'options' | 'solution' | 'text' | 'reward' | 'advantage'
> {
  /** Values of the rewards by name; null where a reward gave none. */
  readonly rewards: Readonly<Record<string, number | null>>;
  /** Name within the folder of the outbox. */
  readonly picture?: string;
}

/** An event of a run. */
export type TrackedEvent =
  | { readonly kind: 'start'; readonly start: Omit<RunStart, 'runDirectory'> }
  | { readonly kind: 'figures'; readonly values: Readonly<Record<string, number>> }
  | { readonly kind: 'rollouts'; readonly rollouts: readonly TrackedRollout[] }
  | { readonly kind: 'table'; readonly table: RunTable }
  | { readonly kind: 'alert'; readonly alert: RunAlert }
  | { readonly kind: 'end'; readonly ending: RunEnding };

/** An event with its place in the run. Its id reveals a second delivery. */
export type TrackedEntry = TrackedEvent & {
  readonly step: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Unique within the run and the same after a resumption, but for starts and ends: `figures:reward/total:12`. */
  readonly id: string;
};

/** Facts about a run on its tracker, such as ids that the tracker gave. They outlive the process. */
export type TrackerState = Readonly<Record<string, string>>;

/** A batch to send. */
export interface Delivery {
  readonly entries: readonly TrackedEntry[];
  /** Unique to the run; a resumed run keeps it. */
  readonly runId: string;
  /** Bytes of a picture; undefined where the file is gone. */
  picture(name: string): Buffer | undefined;
  /** The current state, with everything from `note`. */
  readonly state: TrackerState;
  /** Adds to the state, and stores it at once. */
  note(state: TrackerState): void;
  readonly signal: AbortSignal;
}

/** A program behind HTTP that stores runs. */
export interface Tracker {
  /** Its name in messages, with its address. */
  readonly title: string;
  /**
   * Sends a batch. A batch that failed in any part comes again as a whole.
   *
   * @throws TrackerRefusal when the tracker will never take it. Any other error means that the tracker cannot be reached now.
   */
  send(delivery: Delivery): Promise<void>;
}

/** The tracker understood the request and will never take it. */
export class TrackerRefusal extends Error {
  override readonly name = 'TrackerRefusal';
}
