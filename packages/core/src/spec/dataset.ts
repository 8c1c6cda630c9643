import type { Sample } from './sample.ts';

/** Which part of the data: nothing that is evaluated on `test` was trained on. */
export type Split = 'train' | 'test';

/** Something wrong in the data that was skipped, with the place to look. */
export interface DatasetProblem {
  readonly file: string;
  /** Counted from 1; absent when the problem is not one line's. */
  readonly line?: number;
  readonly reason: string;
}

/** The samples of one split, in a fixed order, read on demand. */
export interface SampleSource {
  readonly size: number;
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
