/**
 * Scoring LongVideoBench: as its authors do (in lmms-eval), as SpaceR's evaluation does, and strictly. One letter of up to
 * five, the mean over the items.
 */
import { deriveSeed, randomStream } from '@loci/core';
import type { PromptStyle, ScorableItem, ScoreTable, ScoredRow, Scorer } from '@loci/core';
import {
  ALL_COUNT,
  AS_SPACER_SKIPS,
  createScorer,
  readAsAuthors,
  readAsSpacer,
} from '../scoring/create-scorer.ts';
import type { Judgement } from '../scoring/create-scorer.ts';
import { meanOf, sectionBy, taskOf } from '../scoring/figures.ts';
import { judgeFirstLetter, judgeFirstLetterAsSpacer } from '../scoring/first-letter.ts';
import { judgeLetterStrictly, readStrictly } from '../scoring/strict.ts';
import { levelOf } from './categories.ts';

/** The scorers of LongVideoBench for answers to prompts of a style. */
export function longVideoBenchScorers(style: PromptStyle): readonly [Scorer, ...Scorer[]] {
  return [
    createScorer({
      name: 'official',
      description:
        'The first capital A–E after lead-ins are cut, a random letter without one; mean over the items.',
      read: readAsAuthors(style),
      judge: judgeAsAuthors,
      ...ALL_COUNT,
      aggregate,
    }),
    createScorer({
      name: 'spacer-eval',
      description:
        'The same letter with one more lead-in cut; an item without one is wrong. Mean over the items.',
      read: readAsSpacer(style),
      judge: (item, text) => judgeFirstLetterAsSpacer(item, text, LETTERS),
      ...AS_SPACER_SKIPS,
      aggregate,
    }),
    createScorer({
      name: 'strict',
      description: 'A letter of the options and nothing else; mean over the items.',
      read: readStrictly(style),
      judge: judgeLetterStrictly,
      ...ALL_COUNT,
      aggregate,
    }),
  ];
}

const LETTERS = /[A-E]/u;
const OFFICIAL_LEAD_INS: readonly string[] = ['Best answer:', 'Best option:'];

/** The authors draw a letter for answers without one; here the draw depends on the item alone. */
function judgeAsAuthors(item: ScorableItem, text: string): Judgement {
  const judged = judgeFirstLetter(item, text, { letters: LETTERS, leadIns: OFFICIAL_LEAD_INS });
  if (judged !== undefined) return judged;
  const letters = 'ABCDE'.slice(0, item.options.length || undefined);
  const drawn = letters[Math.floor(randomStream(deriveSeed(0, item.id))() * letters.length)]!;
  const score = drawn === item.answer ? 1 : 0;
  return { score, answered: false, normalised: drawn, reason: 'no letter, so one was drawn' };
}

function aggregate(rows: readonly ScoredRow[]): ScoreTable {
  return {
    headline: meanOf(rows),
    sections: {
      durationGroup: sectionBy(rows, ({ item }) => item.groups['durationGroup']),
      level: sectionBy(rows, ({ item }) => levelOf(item.task)),
      task: sectionBy(rows, taskOf),
    },
  };
}
