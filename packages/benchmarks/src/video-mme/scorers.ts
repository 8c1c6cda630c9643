/**
 * Scoring Video-MME: as its authors do (github.com/thanku-all/parse_answer), as SpaceR's evaluation does, and strictly. One
 * letter of four, the mean over the items.
 */
import type { PromptStyle, ScorableItem, ScoreTable, ScoredRow, Scorer } from '@loci/core';
import type { Judgement } from '../scoring/create-scorer.ts';
import { meanOf, sectionBy, taskOf } from '../scoring/figures.ts';
import { judgeFirstLetter } from '../scoring/first-letter.ts';
import { letterScorers } from '../scoring/letter-scorers.ts';

/** The scorers of Video-MME for answers to prompts of a style. */
export function videoMmeScorers(style: PromptStyle): readonly [Scorer, ...Scorer[]] {
  return letterScorers(style, {
    letters: LETTERS,
    descriptions: {
      official:
        'The first capital A–D after lead-ins are cut; items without one are left out. Mean over the items answered.',
      'spacer-eval':
        'The same letter with two more lead-ins cut; an item without one is wrong. Mean over the items.',
      strict: 'A letter of the options and nothing else; mean over all items.',
    },
    judgeAsAuthors,
    aggregate,
  });
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
