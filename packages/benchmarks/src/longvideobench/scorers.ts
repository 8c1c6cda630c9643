/**
 * Scoring LongVideoBench: as its authors do (in lmms-eval), as SpaceR's evaluation does, and strictly. One letter of up to
 * five, the mean over the items.
 */
import { deriveSeed, randomStream } from '@loci/core';
import type { PromptStyle, ScorableItem, ScoreTable, ScoredRow, Scorer } from '@loci/core';
import type { Judgement } from '../scoring/create-scorer.ts';
import { meanOf, sectionBy, taskOf } from '../scoring/figures.ts';
import { judgeFirstLetter } from '../scoring/first-letter.ts';
import { letterScorers } from '../scoring/letter-scorers.ts';
import { levelOf } from './categories.ts';

/** The scorers of LongVideoBench for answers to prompts of a style. */
export function longVideoBenchScorers(style: PromptStyle): readonly [Scorer, ...Scorer[]] {
  return letterScorers(style, {
    letters: LETTERS,
    descriptions: {
      official:
        'The first capital A–E after lead-ins are cut, a random letter without one; mean over the items.',
      'spacer-eval':
        'The same letter with one more lead-in cut; an item without one is wrong. Mean over the items.',
      strict: 'A letter of the options and nothing else; mean over the items.',
    },
    judgeAsAuthors,
    aggregate,
  });
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
