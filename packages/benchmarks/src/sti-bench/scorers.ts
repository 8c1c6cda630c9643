/**
 * Scoring STI-Bench: as its authors do (github.com/MINT-SJTU/STI-Bench), as SpaceR's evaluation does, and strictly. One letter
 * of five; the authors' headline is the mean over the items.
 */
import { PYTHON_SPACE, PYTHON_WORD, pythonStrip } from '@loci/core';
import type { PromptStyle, ScorableItem, ScoreTable, ScoredRow, Scorer } from '@loci/core';
import {
  ALL_COUNT,
  AS_SPACER_SKIPS,
  createScorer,
  readAsAuthors,
  readAsSpacer,
} from '../scoring/create-scorer.ts';
import type { Judgement } from '../scoring/create-scorer.ts';
import { macroOf, meanOf, sectionBy, taskOf } from '../scoring/figures.ts';
import { judgeLetterStrictly, readStrictly } from '../scoring/strict.ts';

/** The scorers of STI-Bench for answers to prompts of a style. */
export function stiScorers(style: PromptStyle): readonly [Scorer, ...Scorer[]] {
  return [
    createScorer({
      name: 'official',
      description:
        'A letter in one of six wordings, else the whole text; right when its last character is the answer. Mean over the items.',
      read: readAsAuthors(style),
      judge: judgeAsAuthors,
      ...ALL_COUNT,
      aggregate: aggregateItems,
    }),
    createScorer({
      name: 'spacer-eval',
      description:
        'The same letter, which must equal the answer; mean over the tasks and, once more, over the mean of six of them.',
      read: readAsSpacer(style),
      judge: judgeAsSpacer,
      ...AS_SPACER_SKIPS,
      aggregate: aggregateAsSpacer,
    }),
    createScorer({
      name: 'strict',
      description: 'A letter of the options and nothing else; mean over the items.',
      read: readStrictly(style),
      judge: judgeLetterStrictly,
      ...ALL_COUNT,
      aggregate: aggregateItems,
    }),
  ];
}

const S = `[${PYTHON_SPACE}]`;
const LETTER_BEFORE = `(?<![${PYTHON_WORD}])([A-Ea-e])`;
const LINE_END = '(?![^\\n])';

/** Characters that Python equates with these letters when case does not matter, beside their two cases; no flag of JavaScript does. */
const OTHER_FORMS: Readonly<Record<string, string>> = { i: '\u0130\u0131', s: '\u017f' };

/** A pattern for a word in any case, as Python ignores case. */
function inAnyCase(word: string): string {
  const forms = [...word.toLowerCase()].map(
    (letter) => `[${letter}${letter.toUpperCase()}${OTHER_FORMS[letter] ?? ''}]`,
  );
  return forms.join('');
}

/** The wordings in the order of trials; none needs a boundary after the letter. */
const WORDINGS: readonly RegExp[] = [
  `\\(([A-Ea-e])\\)`,
  `${inAnyCase('Ans')}${S}*=${S}*['"]?([A-Ea-e])`,
  `${inAnyCase('Answer')}${S}*[:=]${S}*([A-Ea-e])`,
  `${inAnyCase('Option')}${S}+([A-Ea-e])`,
  `${LETTER_BEFORE}${S}*(?:${inAnyCase('is')}|${inAnyCase('was')})${S}*${inAnyCase('correct')}`,
  `${LETTER_BEFORE}[.)]${S}*${LINE_END}`,
].map((pattern) => new RegExp(pattern, 'u'));

/** The letter in the first wording that a text has, in upper case, or the stripped text. */
export function namedLetter(text: string): string {
  for (const wording of WORDINGS) {
    const letter = wording.exec(text)?.[1];
    if (letter !== undefined) return letter.toUpperCase();
  }
  return pythonStrip(text);
}

const LETTER = /^[A-E]$/u;

function judgeAsAuthors({ answer }: ScorableItem, text: string): Judgement {
  const normalised = namedLetter(text);
  const last = normalised.at(-1);
  if (last === undefined) {
    const referenceError = 'the last character of an empty answer';
    return { score: 0, answered: false, normalised, referenceError };
  }
  return { score: last === answer ? 1 : 0, answered: LETTER.test(last), normalised };
}

function judgeAsSpacer({ answer }: ScorableItem, text: string): Judgement {
  const normalised = namedLetter(text);
  return { score: normalised === answer ? 1 : 0, answered: LETTER.test(normalised), normalised };
}

function aggregateItems(rows: readonly ScoredRow[]): ScoreTable {
  return {
    headline: meanOf(rows),
    sections: {
      task: sectionBy(rows, taskOf),
      scene: sectionBy(rows, ({ item }) => item.groups['scene']),
    },
  };
}

/** The tasks of SpaceR's ninth entry, which is their mean. */
const SPATIAL_REASONING: readonly string[] = [
  'Dimensional Measurement',
  'Displacement & Path Length',
  'Ego-Centric Orientation',
  'Spatial Relation',
  'Speed & Acceleration',
  'Trajectory Description',
];

/** SpaceR's name for that entry. */
export const SUB_ACCURACY = 'sr_sub_accuracy';

/** The mean of some tasks is an entry of its own, so these tasks count twice. It is 0 when none of them is present. */
function aggregateAsSpacer(rows: readonly ScoredRow[]): ScoreTable {
  const table = aggregateItems(rows);
  const tasks = table.sections['task'] ?? {};
  const some = SPATIAL_REASONING.flatMap((task) => tasks[task] ?? []);
  const sub = some.length === 0 ? { value: 0, count: 0 } : macroOf(some);
  const entries = [...Object.values(tasks), { ...sub, count: 0 }];
  return {
    headline: rows.length === 0 ? meanOf(rows) : macroOf(entries),
    sections: { ...table.sections, subset: { [SUB_ACCURACY]: sub } },
  };
}
