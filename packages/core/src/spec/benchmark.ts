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

/** One question of a benchmark, with all that asking, scoring and reporting need. */
export interface BenchmarkItem extends ScorableItem {
  /** What the model looks at, in the order in which it is shown. */
  readonly media: readonly MediaReference[];
  /** Why the item cannot be asked: which file is missing. It is counted and named, never left out in silence. */
  readonly missing?: string;
  /** Length of the video in seconds, where the record tells. */
  readonly duration?: number;
  /** Subtitles of the video, where they are part of the question. */
  readonly subtitles?: readonly Subtitle[];
  /** The sample of the run's dataset that the item is; the run's rewards can then score its answers too. */
  readonly sample?: Sample;
}

/**
 * How the question is put: `official` as the benchmark's authors do, `thinking` with reasoning before tagged answers,
 * `thinking-map` with a cognitive map besides, `run` as the run's own prompt template does.
 */
export type PromptStyle = 'official' | 'thinking' | 'thinking-map' | 'run';

/** What must be told beside a score, since the same model scores ten points more or less without it. */
export interface BenchmarkSetup {
  /** Part of the benchmark, `debiased` or `with subtitles`; absent when there is only one. */
  readonly variant?: string;
  readonly prompt: PromptStyle;
  /** Which frames of a video are shown, and how large; absent where the model's own settings decide. */
  readonly frames?: FrameSelection;
  /** Tokens that an answer in this style needs at most. */
  readonly maxNewTokens?: number;
}

/**
 * What a question is shown with: its video `as-filmed`, as a list of `images` instead of a video, or one of the controls: black frames
 * (`blank`), frames in random order (`shuffled`), from the last to the first (`reversed`) or left for right (`mirrored`), the first frame alone
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

/** How a benchmark is evaluated where the config leaves it to the benchmark. */
export interface UsualEvaluation {
  /** Items; all when absent. */
  readonly questions?: number;
  /** `sampled` draws as the run's sampler does, `greedy` takes the likeliest tokens. */
  readonly decoding: 'sampled' | 'greedy';
  /** Further conditions beside `as-filmed`. */
  readonly controls: readonly EvaluationCondition[];
}

/** How much a published figure can be relied on: read in the authors' own tables, elsewhere, or not verified. */
export type Reliability = 'primary' | 'secondary' | 'unverified';

/** A score that somebody published, in per cent. */
export interface PublishedScore {
  /** A model, `chance`, or `human`. */
  readonly model: string;
  readonly percent: number;
  /** By task, or whatever else the source breaks it down by, in per cent. */
  readonly tasks?: Readonly<Record<string, number>>;
  /** Frames, prompt, subset, as far as the source tells. */
  readonly settings?: string;
  readonly source: string;
  readonly reliability: Reliability;
}

/** What a benchmark is, for reports and documentation. */
export interface BenchmarkFacts {
  /** As its authors write it. */
  readonly title: string;
  /** One sentence. */
  readonly measures: string;
  /** Where its files are. */
  readonly source: string;
  readonly licence?: string;
  readonly paper?: string;
  /** How the authors' headline is made, `macro over 8 tasks`. */
  readonly headline: string;
  /** Items that the whole benchmark has. */
  readonly items?: number;
  /** What guessing scores, best known first. */
  readonly chance: readonly PublishedScore[];
  readonly published: readonly PublishedScore[];
}

/** Questions, one way of asking them, and several ways of scoring the answers. */
export interface Benchmark {
  readonly name: string;
  readonly facts: BenchmarkFacts;
  readonly setup: BenchmarkSetup;
  /** Absent: all items, greedily, as filmed, which is how published benchmarks are run. */
  readonly usual?: UsualEvaluation;
  /** The items come in a random order already, so that the first so many are a sample; a sample of others is drawn by a seed. */
  readonly isShuffled?: boolean;
  /**
   * The items in a fixed order, those whose media are missing included.
   * @throws LociError naming file and field where a record cannot be read.
   */
  items(): AsyncIterable<BenchmarkItem>;
  /** The conversation that asks an item. */
  render(item: BenchmarkItem): readonly Message[];
  /**
   * What a judge model must be asked before an answer can be scored as the authors do; `undefined` when rules decide.
   * Benchmarks that need no judge have no such function.
   */
  judgePrompt?(item: ScorableItem, output: string): string | undefined;
  /** Scorers side by side; the first is the one that counts. */
  readonly scorers: readonly [Scorer, ...Scorer[]];
}
