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
import { SPACER_LEAD_INS, firstLetter } from '../scoring/first-letter.ts';
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
      description: 'The same letter with one more lead-in cut; an item without one is wrong.',
      read: readAsSpacer(style),
      judge: judgeAsSpacer,
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

const LETTERS = 'ABCDE';
const OFFICIAL_LEAD_INS: readonly string[] = ['Best answer:', 'Best option:'];

/** The authors draw a letter for answers without one; here the draw depends on the item alone. */
function judgeAsAuthors(item: ScorableItem, text: string): Judgement {
  const letter = firstLetter(text, { letters: LETTERS, leadIns: OFFICIAL_LEAD_INS });
  if (letter !== undefined) {
    return { score: letter === item.answer ? 1 : 0, answered: true, normalised: letter };
  }
  const count = item.options.length || LETTERS.length;
  const drawn = LETTERS[Math.floor(randomStream(deriveSeed(0, item.id))() * count)]!;
  const score = drawn === item.answer ? 1 : 0;
  return { score, answered: false, normalised: drawn, reason: 'no letter, so one was drawn' };
}

function judgeAsSpacer({ answer }: ScorableItem, text: string): Judgement {
  const letter = firstLetter(text, { letters: LETTERS, leadIns: SPACER_LEAD_INS }) ?? '';
  return { score: letter === answer ? 1 : 0, answered: letter !== '', normalised: letter };
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
