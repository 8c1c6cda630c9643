/** The three scorers of benchmarks whose answer is the first letter of a text: the authors', SpaceR's, and a strict one. */
import type { PromptStyle, ScorableItem, ScoreTable, ScoredRow, Scorer } from '@loci/core';
import { ALL_COUNT, AS_SPACER_SKIPS, createScorer, readAsAuthors, readAsSpacer } from './create-scorer.ts'; // prettier-ignore
import type { Judgement } from './create-scorer.ts';
import { judgeFirstLetterAsSpacer } from './first-letter.ts';
import { judgeLetterStrictly, readStrictly } from './strict.ts';

/** What such a benchmark says itself. */
export interface LetterScoring {
  /** Of its options, as one character. */
  readonly letters: RegExp;
  readonly descriptions: Readonly<Record<'official' | 'spacer-eval' | 'strict', string>>;
  judgeAsAuthors(item: ScorableItem, text: string): Judgement;
  aggregate(rows: readonly ScoredRow[]): ScoreTable;
}

/** The scorers of a benchmark for answers to prompts of a style. */
export function letterScorers(
  style: PromptStyle,
  { letters, descriptions, judgeAsAuthors, aggregate }: LetterScoring,
): readonly [Scorer, ...Scorer[]] {
  return [
    createScorer({
      name: 'official',
      description: descriptions.official,
      read: readAsAuthors(style),
      judge: judgeAsAuthors,
      ...ALL_COUNT,
      aggregate,
    }),
    createScorer({
      name: 'spacer-eval',
      description: descriptions['spacer-eval'],
      read: readAsSpacer(style),
      judge: (item, text) => judgeFirstLetterAsSpacer(item, text, letters),
      ...AS_SPACER_SKIPS,
      aggregate,
    }),
    createScorer({
      name: 'strict',
      description: descriptions.strict,
      read: readStrictly(style),
      judge: judgeLetterStrictly,
      ...ALL_COUNT,
      aggregate,
    }),
  ];
}
