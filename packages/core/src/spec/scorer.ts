import type { CognitiveMap } from './cognitive-map.ts';
import type { SceneMap } from './scene-map.ts';

/** What a scorer needs to know of an item. Stored predictions hold this, so that they are scored again without the data. */
export interface ScorableItem {
  /** Unique within the benchmark; predictions are kept under it. */
  readonly id: string;
  /** What is asked, in the benchmark's own words; reports are broken down by it. */
  readonly task: string;
  /** Further keys to break down by: `duration`, `imageType`, `aspect`. */
  readonly groups: Readonly<Record<string, string>>;
  /** The question alone, as its record has it. */
  readonly question: string;
  /** Lettered options as they are shown, `"A. chair"`; none where the answer is not a letter. */
  readonly options: readonly string[];
  /** The true answer as its record has it: a letter, a number, a list of actions. */
  readonly answer: string;
  /** Of captions: the question that a judge model answers from the caption alone. */
  readonly judgeQuestion?: string;
  /** The true map of the scene, for scorers that compare maps. */
  readonly map?: CognitiveMap;
  /** The same in another form, in place of `map`. */
  readonly sceneMap?: SceneMap;
}

/** What became of an item: what the model said, or why it said nothing. */
export type Prediction =
  | {
      readonly status: 'answered';
      readonly output: string;
      /** What the model thought before, where its server tells that apart and the prompt did not ask for it; no scorer reads it. */
      readonly thinking?: string;
      /** What a judge model replied to the benchmark's `judgePrompt`, where one was asked. */
      readonly judgement?: string;
    }
  /** It could not be asked, since its media are missing or unreadable. */
  | { readonly status: 'not-asked'; readonly reason: string }
  /** It was asked, and no answer came. */
  | { readonly status: 'failed'; readonly reason: string };

/** A scorer's judgement of one item. */
export interface Verdict {
  /** 0…1. */
  readonly score: number;
  /** What the scorer compared with the truth; absent when there was nothing to compare. */
  readonly normalised?: string;
  /** Whether the scorer found something that it takes for an answer. */
  readonly answered: boolean;
  /** Whether the item is in the denominator. */
  readonly counted: boolean;
  /** Why the score is not full, where the comparison alone does not tell. */
  readonly reason?: string;
  /**
   * How the script that the scorer follows fails on this item, which ends its whole evaluation. Here the item scores 0 and
   * the report tells.
   */
  readonly referenceError?: string;
  /** Further figures of this item, such as its map's score. */
  readonly measures?: Readonly<Record<string, number>>;
}

/** An item with its verdict, which is all that summing up needs. */
export interface ScoredRow {
  readonly item: Pick<ScorableItem, 'task' | 'groups'>;
  readonly verdict: Verdict;
}

/** A mean over some items. */
export interface ScoreFigure {
  /** 0…1; NaN of no items. */
  readonly value: number;
  /** Items in the denominator. */
  readonly count: number;
}

/** A scorer's figures over a set of rows. */
export interface ScoreTable {
  readonly headline: ScoreFigure;
  /** Figures by what they are broken down by and then by name: `{ task: { route_planning: … }, level: { Low: … } }`. */
  readonly sections: Readonly<Record<string, Readonly<Record<string, ScoreFigure>>>>;
  /** How the script that the scorer follows fails on these rows as a whole; the figures are then what is left to say. */
  readonly referenceError?: string;
}

/**
 * One way of scoring a benchmark: pure functions over rows, so that a run, `--rescore`, the bootstrap and the golden vectors
 * all use the same.
 */
export interface Scorer {
  /** `official`, `spacer-eval`, `strict`. */
  readonly name: string;
  /** One sentence: what is taken for the answer, and how the headline is made. */
  readonly description: string;
  /** Never throws for what a model said. */
  score(item: ScorableItem, prediction: Prediction): Verdict;
  /** Sums up any rows, also a resampled set of them. */
  aggregate(rows: readonly ScoredRow[]): ScoreTable;
}
