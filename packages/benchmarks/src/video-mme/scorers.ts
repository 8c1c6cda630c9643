/**
 * Scoring Video-MME: as its authors do (github.com/thanku-all/parse_answer), as SpaceR's evaluation does, and strictly. One
 * letter of four, the mean over the items.
 */
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

/** The scorers of Video-MME for answers to prompts of a style. */
export function videoMmeScorers(style: PromptStyle): readonly [Scorer, ...Scorer[]] {
  return [
    createScorer({
      name: 'official',
      description:
        'The first capital A–D after lead-ins are cut; items without one are left out. Mean over the items answered.',
      read: readAsAuthors(style),
      judge: judgeAsAuthors,
      ...ALL_COUNT,
      aggregate,
    }),
    createScorer({
      name: 'spacer-eval',
      description:
        'The same letter with two more lead-ins cut; an item without one is wrong. Mean over the items.',
      read: readAsSpacer(style),
      judge: (item, text) => judgeFirstLetterAsSpacer(item, text, LETTERS),
      ...AS_SPACER_SKIPS,
      aggregate,
    }),
    createScorer({
      name: 'strict',
      description: 'A letter of the options and nothing else; mean over all items.',
      read: readStrictly(style),
      judge: judgeLetterStrictly,
      ...ALL_COUNT,
      aggregate,
    }),
  ];
}

const LETTERS = /[A-D]/u;

/** A comma is missing between two of the authors' lead-ins, so that only both in a row are cut. */
const OFFICIAL_LEAD_INS: readonly string[] = ['Best answer:Best option:', 'Answer:'];

function judgeAsAuthors(item: ScorableItem, text: string): Judgement {
  const judged = judgeFirstLetter(item, text, { letters: LETTERS, leadIns: OFFICIAL_LEAD_INS });
  if (judged !== undefined) return judged;
  return { score: 0, answered: false, counted: false, normalised: '', reason: 'no letter' };
}

function aggregate(rows: readonly ScoredRow[]): ScoreTable {
  return {
    headline: meanOf(rows),
    sections: {
      duration: sectionBy(rows, ({ item }) => item.groups['duration']),
      task: sectionBy(rows, taskOf),
      domain: sectionBy(rows, ({ item }) => item.groups['domain']),
    },
  };
}
