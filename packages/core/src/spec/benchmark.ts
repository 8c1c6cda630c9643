import type { FrameSelection } from './frame-selection.ts';
import type { Message } from './prompt.ts';
import type { MediaReference, Sample } from './sample.ts';
import type { ScorableItem, Scorer } from './scorer.ts';

/** A line spoken or written in a video, in seconds from its start. */
export interface Subtitle {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** One question of a benchmark, with the data for its prompt, its scores and the report. */
export interface BenchmarkItem extends ScorableItem {
  /** Media of the prompt, in order. */
  readonly media: readonly MediaReference[];
  /** The missing file, for an item that must be skipped. It is counted and named in the report. */
  readonly missing?: string;
  /** Length of the video in seconds, when the record has it. */
  readonly duration?: number;
  /** Subtitles of the video, when they are part of the question. */
  readonly subtitles?: readonly Subtitle[];
  /** The sample of the run's dataset behind the item, so that the run's rewards can score its answers too. */
  readonly sample?: Sample;
}

/**
 * The prompt of a question: `official` is that of the benchmark's authors, `thinking` has reasoning before tagged answers, `thinking-map`
 * also has a cognitive map, `run` is the run's own prompt template.
 */
export type PromptStyle = 'official' | 'thinking' | 'thinking-map' | 'run';

/** The setup that a score depends on, and that reports show beside it; it can change a score by ten points. */
export interface BenchmarkSetup {
  /** Part of the benchmark, `debiased` or `with subtitles`; absent when there is only one. */
  readonly variant?: string;
  readonly prompt: PromptStyle;
  /** Choice and size of the frames of a video; absent when the model's own settings apply. */
  readonly frames?: FrameSelection;
  /** Most tokens of an answer in this style. */
  readonly maxNewTokens?: number;
}

/**
 * The media shown with a question: its video `as-filmed`, its frames as a list of `images`, or one of the controls: black frames (`blank`),
 * frames in random order (`shuffled`), in reverse order (`reversed`) or with left and right exchanged (`mirrored`), only the first frame
 * (`first-frame`), the video of another scene (`swapped`).
 */
export type EvaluationCondition =
  | 'as-filmed'
  | 'images'
  | 'blank'
  | 'shuffled'
  | 'reversed'
  | 'mirrored'
  | 'first-frame'
  | 'swapped';

/** The usual settings of a benchmark, for `auto` in the config. */
export interface UsualEvaluation {
  /** Number of items; all when absent. */
  readonly questions?: number;
  /** `sampled` draws like the run's sampler, `greedy` takes the likeliest tokens. */
  readonly decoding: 'sampled' | 'greedy';
  /** Further conditions beside `as-filmed`. */
  readonly controls: readonly EvaluationCondition[];
}

/** Reliability of a published figure: from the authors' own tables, from elsewhere, or not verified. */
export type Reliability = 'primary' | 'secondary' | 'unverified';

/** A published score, in percent. */
export interface PublishedScore {
  /** A model, `chance`, or `human`. */
  readonly model: string;
  readonly percent: number;
  /** By task or another breakdown of the source, in percent. */
  readonly tasks?: Readonly<Record<string, number>>;
  /** Frames, prompt and subset, as far as the source has them. */
  readonly settings?: string;
  readonly source: string;
  readonly reliability: Reliability;
}

/** Facts about a benchmark, for reports and documentation. */
export interface BenchmarkFacts {
  /** In the authors' spelling. */
  readonly title: string;
  /** One sentence. */
  readonly measures: string;
  /** Where its files are. */
  readonly source: string;
  readonly licence?: string;
  readonly paper?: string;
  /** Aggregation of the authors' headline, `macro over 8 tasks`. */
  readonly headline: string;
  /** Number of items in the whole benchmark. */
  readonly items?: number;
  /** Scores of guessing, best known first. */
  readonly chance: readonly PublishedScore[];
  readonly published: readonly PublishedScore[];
}

/** Questions with one prompt and several scorers. */
export interface Benchmark {
  readonly name: string;
  readonly facts: BenchmarkFacts;
  readonly setup: BenchmarkSetup;
  /** Absent: all items, greedily, as filmed, as published benchmarks are run. */
  readonly usual?: UsualEvaluation;
  /** Whether the items come in random order, so that the first ones are a sample. From others a seed draws the sample. */
  readonly isShuffled?: boolean;
  /**
   * The items in a fixed order, including those with missing media.
   * @throws LociError naming file and field of a record that cannot be read.
   */
  items(): AsyncIterable<BenchmarkItem>;
  /** The prompt of an item. */
  render(item: BenchmarkItem): readonly Message[];
  /**
   * The prompt of a judge model, for an answer that the authors have judged by a model; `undefined` when rules decide. Benchmarks that need
   * no judge have no such function.
   */
  judgePrompt?(item: ScorableItem, output: string): string | undefined;
  /** All scorers; the first one counts. */
  readonly scorers: readonly [Scorer, ...Scorer[]];
}
