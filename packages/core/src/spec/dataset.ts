import type { Sample } from './sample.ts';

/** The part of the data. Training never uses `test`. */
export type Split = 'train' | 'test';

/** A fault in the data that was skipped, with its place. */
export interface DatasetProblem {
  readonly file: string;
  /** Counted from 1; absent when the problem is not in one line. */
  readonly line?: number;
  /** Of the record, `media[1]`; absent when the problem is not in one key. */
  readonly key?: string;
  readonly reason: string;
}

/** The samples of one split, in a fixed order, read on demand. */
export interface SampleSource {
  readonly size: number;
  /** Records read, including unusable ones; absent when the source does not count them. */
  readonly records?: number;
  /** @throws LociError `index-out-of-range`. */
  at(index: number): Promise<Sample>;
  /** Faults that were skipped on opening, and files found missing since. */
  problems(): readonly DatasetProblem[];
  close(): Promise<void>;
}

/** A source of verifiable questions. `open` may generate the data on first use. */
export interface Dataset {
  open(split: Split): Promise<SampleSource>;
}
