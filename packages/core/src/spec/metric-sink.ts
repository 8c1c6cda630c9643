import type { RunAlert } from './alert.ts';

/** The figures of one step, by slash-separated name: `reward/answer`, `policy/kl`. */
export interface MetricRecord {
  readonly step: number;
  readonly values: Readonly<Record<string, number>>;
}

/** Takes the figures of a run. What `write` was given is on disk when it returns. */
export interface MetricSink {
  write(record: MetricRecord): void;
  /** Takes an alert, after the figures of its step; a sink without it leaves alerts out. */
  alert?(alert: RunAlert): void;
  /** Called before the first `write` of a resumed run: drops what an interrupted run wrote of later steps; all of it where `lastStep` is -1. */
  rewind?(lastStep: number): void;
  close(): Promise<void>;
}
