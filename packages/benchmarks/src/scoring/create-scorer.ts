/** Shared parts of the scorers of all benchmarks: which part of an output they read, and how they score items without one. */
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

/** The verdict of a rule on a text; an item counts unless the rule excludes it. */
export type Judgement = Pick<Verdict, 'score' | 'answered'> & Partial<Omit<Verdict, 'measures'>>;

/** The rules of one scorer. */
export interface ScorerRules {
  readonly name: string;
  readonly description: string;
  /** Extracts the part of an output to judge. */
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

/** SpaceR's evaluation skips items without their video, and scores failures as empty texts. */
export const AS_SPACER_SKIPS = { notAsked: 'left-out', failed: 'empty' } as const;

/** Nothing leaves the denominator. */
export const ALL_COUNT = { notAsked: 'wrong', failed: 'wrong' } as const;

/** Whether the prompt asks for the answer in tags. */
export function isTagged(style: PromptStyle): boolean {
  return style !== 'official';
}

/** The input of an author's scorer: the whole output, or, where the prompt asked for tags, the last tagged answer if there is one. */
export function readAsAuthors(style: PromptStyle): (output: string) => string {
  return (output) => (isTagged(style) ? (extractAnswer(output) ?? output) : output);
}

/**
 * The input of SpaceR's evaluation: where the prompt asked for tags and an opening one occurs, the first tagged answer, or the
 * word `None` when it is not closed; else the whole output, including the thinking.
 */
export function readAsSpacer(style: PromptStyle): (output: string) => string {
  return (output) =>
    isTagged(style) && output.includes('<answer>') ? extractAnswerForEvaluation(output) : output;
}

/** The judgment of a task that is unknown to the script behind a scorer: the script ends with an error. */
export function unknownTask({ task }: ScorableItem): Judgement {
  return { score: 0, answered: false, referenceError: `unknown task "${task}"` };
}
