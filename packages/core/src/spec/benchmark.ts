import type { Message } from './prompt.ts';
import type { Sample } from './sample.ts';

/** A benchmark's judgement of one completion. */
export interface Verdict {
  /** 0…1. */
  readonly score: number;
  /** What the scorer took for the answer; absent when it found none. */
  readonly answer?: string;
  /** Further figures of this item, such as the map's score. */
  readonly measures?: Readonly<Record<string, number>>;
  readonly reason?: string;
}

/** One judged item. */
export interface BenchmarkRow {
  readonly sample: Sample;
  readonly completion: string;
  readonly verdict: Verdict;
}

/** Questions, how to ask them, how to judge the answers. */
export interface Benchmark {
  readonly name: string;
  items(): AsyncIterable<Sample>;
  render(sample: Sample): readonly Message[];
  judge(sample: Sample, completion: string): Verdict;
}
