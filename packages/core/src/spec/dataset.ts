import type { Sample } from './sample.ts';

/** Which part of the data: nothing that is evaluated on `test` was trained on. */
export type Split = 'train' | 'test';

/** Something wrong in the data that was skipped, with the place to look. */
export interface DatasetProblem {
  readonly file: string;
  /** Counted from 1; absent when the problem is not one line's. */
  readonly line?: number;
  /** Of the record, `media[1]`; absent when the problem is not one key's. */
  readonly key?: string;
  readonly reason: string;
}

/** The samples of one split, in a fixed order, read on demand. */
export interface SampleSource {
  readonly size: number;
  /** Records that were read for it, those that cannot be used included; absent where the source does not count them. */
  readonly records?: number;
  /** @throws LociError `index-out-of-range`. */
  at(index: number): Promise<Sample>;
  /** What was skipped while opening, and what was found missing since. */
  problems(): readonly DatasetProblem[];
  close(): Promise<void>;
}

/** A source of verifiable questions. `open` may generate the data on first use. */
export interface Dataset {
  open(split: Split): Promise<SampleSource>;
}
