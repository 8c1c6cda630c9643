/** What the scorers of all benchmarks share: which part of an output they read, and what they make of items without one. */
import { extractAnswer, extractAnswerForEvaluation } from '@loci/core';
import type {
  Prediction,
  PromptStyle,
  ScorableItem,
  ScoreTable,
  ScoredRow,
  Scorer,
  Verdict,
} from '@loci/core';

/** What a rule says of a text; an item counts unless it says otherwise. */
export type Judgement = Pick<Verdict, 'score' | 'answered'> & Partial<Omit<Verdict, 'measures'>>;

/** The rules of one scorer. */
export interface ScorerRules {
  readonly name: string;
  readonly description: string;
  /** The part of an output that is judged. */
  readonly read: (output: string) => string;
  readonly judge: (item: ScorableItem, text: string, prediction: Prediction) => Judgement;
  /** Items that could not be asked are `wrong`, or `left-out` of the denominator. */
  readonly notAsked: 'wrong' | 'left-out';
  /** A failed generation is `wrong`, or judged as an `empty` output. */
  readonly failed: 'wrong' | 'empty';
  readonly aggregate: (rows: readonly ScoredRow[]) => ScoreTable;
}

/** A scorer of these rules. */
export function createScorer(rules: ScorerRules): Scorer {
  const { name, description, read, judge, notAsked, failed, aggregate } = rules;
  const judged = (item: ScorableItem, output: string, prediction: Prediction): Verdict => ({
    counted: true,
    ...judge(item, read(output), prediction),
  });
  return {
    name,
    description,
    aggregate,
    score(item, prediction) {
      if (prediction.status === 'answered') return judged(item, prediction.output, prediction);
      const { status, reason } = prediction;
      if (status === 'failed' && failed === 'empty') {
        return { ...judged(item, '', prediction), answered: false, reason };
      }
      const counted = status === 'failed' || notAsked === 'wrong';
      return { score: 0, answered: false, counted, reason };
    },
  };
}

/** How SpaceR's evaluation treats what was not answered: it skips videos that it lacks and scores failures as empty texts. */
export const AS_SPACER_SKIPS = { notAsked: 'left-out', failed: 'empty' } as const;

/** Nothing leaves the denominator. */
export const ALL_COUNT = { notAsked: 'wrong', failed: 'wrong' } as const;

/** Whether the answer is asked for in tags. */
export function isTagged(style: PromptStyle): boolean {
  return style !== 'official';
}

/** What an author's scorer is given: the whole output, or, where the prompt asked for tags, the last tagged answer if there is one. */
export function readAsAuthors(style: PromptStyle): (output: string) => string {
  return (output) => (isTagged(style) ? (extractAnswer(output) ?? output) : output);
}

/**
 * What SpaceR's evaluation reads: where the prompt asked for tags and an opening one occurs, the first tagged answer, or the
 * word `None` when it is not closed; else the whole output, thinking included.
 */
export function readAsSpacer(style: PromptStyle): (output: string) => string {
  return (output) =>
    isTagged(style) && output.includes('<answer>') ? extractAnswerForEvaluation(output) : output;
}

/** A task that the script a scorer follows does not know, on which it ends with an error. */
export function unknownTask({ task }: ScorableItem): Judgement {
  return { score: 0, answered: false, referenceError: `unknown task "${task}"` };
}
