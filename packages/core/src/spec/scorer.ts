import type { CognitiveMap } from './cognitive-map.ts';
import type { SceneMap } from './scene-map.ts';

/** The fields of an item that a scorer needs. Stored predictions have them, so they can be scored again without the data. */
export interface ScorableItem {
  /** Unique within the benchmark; the key of its predictions. */
  readonly id: string;
  /** The benchmark's own kind of question, for breakdowns in reports. */
  readonly task: string;
  /** Further keys for breakdowns: `duration`, `imageType`, `aspect`. */
  readonly groups: Readonly<Record<string, string>>;
  /** Only the question, as in its record. */
  readonly question: string;
  /** Lettered options as in the prompt, `"A. chair"`; empty when the answer is not a letter. */
  readonly options: readonly string[];
  /** The true answer as in its record: a letter, a number, a list of actions. */
  readonly answer: string;
  /** For captions: the question that a judge model answers from the caption. */
  readonly judgeQuestion?: string;
  /** The true map of the scene, for scorers that compare maps. */
  readonly map?: CognitiveMap;
  /** The same in another form, in place of `map`. */
  readonly sceneMap?: SceneMap;
}

/** The result of an item: the model's output, or why there is none. */
export type Prediction =
  | {
      readonly status: 'answered';
      readonly output: string;
      /** Thinking before the output that the prompt did not request; scorers ignore it. */
      readonly thinking?: string;
      /** The reply of a judge model to the benchmark's `judgePrompt`. */
      readonly judgement?: string;
    }
  /** The item was skipped: its media are missing or unreadable, or its prompt is too long. */
  | { readonly status: 'not-asked'; readonly reason: string }
  /** The model gave no answer. */
  | { readonly status: 'failed'; readonly reason: string };

/** A scorer's verdict on one item. */
export interface Verdict {
  /** 0…1. */
  readonly score: number;
  /** The answer that the scorer compared with the truth; absent when there is none. */
  readonly normalised?: string;
  /** Whether the scorer found an answer. */
  readonly answered: boolean;
  /** Whether the item is in the denominator. */
  readonly counted: boolean;
  /** Why the score is below 1, when the comparison alone does not show it. */
  readonly reason?: string;
  /**
   * The error of the authors' script on this item, which would end its whole evaluation. Here the item scores 0 and the report has the
   * error.
   */
  readonly referenceError?: string;
  /** Further figures of this item, such as its map's score. */
  readonly measures?: Readonly<Record<string, number>>;
}

/** An item with its verdict: the input of an aggregation. */
export interface ScoredRow {
  readonly item: Pick<ScorableItem, 'task' | 'groups'>;
  readonly verdict: Verdict;
}

/** A mean over some items. */
export interface ScoreFigure {
  /** 0…1; NaN without items. */
  readonly value: number;
  /** Items in the denominator. */
  readonly count: number;
}

/** A scorer's figures over a set of rows. */
export interface ScoreTable {
  readonly headline: ScoreFigure;
  /** Figures by breakdown and then by name: `{ task: { route_planning: … }, level: { Low: … } }`. */
  readonly sections: Readonly<Record<string, Readonly<Record<string, ScoreFigure>>>>;
  /** The error of the authors' script on these rows as a whole; the figures then cover the rest. */
  readonly referenceError?: string;
}

/**
 * One way of scoring a benchmark: pure functions over rows, which a run, `--rescore`, the bootstrap and the golden vectors share.
 */
export interface Scorer {
  /** `official`, `spacer-eval`, `strict`. */
  readonly name: string;
  /** One sentence: how the answer is found, and how the headline is aggregated. */
  readonly description: string;
  /** Never throws, whatever the output of the model is. */
  score(item: ScorableItem, prediction: Prediction): Verdict;
  /** Aggregates any rows, also a resampled set of them. */
  aggregate(rows: readonly ScoredRow[]): ScoreTable;
}
