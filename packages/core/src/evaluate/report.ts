import type { BenchmarkRow } from '../spec/index.ts';

/** A mean with its 95 % bootstrap interval. */
export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  /** Items behind it. */
  readonly count: number;
}

/** Figures of one question kind, or of all together. */
export interface FigureSet {
  /** Mean score of the answers, 0…1. */
  readonly accuracy: Interval;
  /** Means of what the benchmark measured beside the score (`map`, `hit1`, `format`, `reward`), over the items that have it. */
  readonly measures: Readonly<Record<string, Interval>>;
}

/** The constant answer that scores best on the very items asked: the strongest guess that looks at nothing. */
export interface ConstantControl {
  readonly accuracy: number;
  /** By question kind, the answer and what it scores. */
  readonly kinds: Readonly<Record<string, { readonly answer: string; readonly accuracy: number }>>;
}

/** What the same questions give when the model cannot, or must not, see the right video. */
export interface EvaluationControls {
  readonly blank?: EvaluationSummary;
  readonly swapped?: EvaluationSummary;
}

/** Figures over all items and by question kind. */
export interface EvaluationSummary {
  readonly overall: FigureSet;
  readonly kinds: Readonly<Record<string, FigureSet>>;
}

/** What a policy scores on a benchmark. */
export interface EvaluationReport extends EvaluationSummary {
  readonly benchmark: string;
  readonly seed: number;
  /** One row an item that was asked, in the order asked. */
  readonly rows: readonly BenchmarkRow[];
  /** Questions not asked, with the reason (a prompt too long, a video that cannot be read). */
  readonly refused: readonly { readonly sampleId: string; readonly reason: string }[];
  readonly constant: ConstantControl;
  readonly controls: EvaluationControls;
}

/** Paired difference of two reports over the items that both have, second minus first. */
export interface ReportComparison {
  readonly accuracy: Interval;
  readonly measures: Readonly<Record<string, Interval>>;
  readonly kinds: Readonly<Record<string, Interval>>;
}
