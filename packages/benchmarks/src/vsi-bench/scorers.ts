/**
 * Scoring VSI-Bench: as its authors do (github.com/vision-x-nyu/thinking-in-space), as SpaceR's evaluation does, and strictly.
 * Letters by equality, numbers by mean relative accuracy, the mean of the eight tasks.
 */
import type { PromptStyle, ScoreTable, ScoredRow, Scorer } from '@loci/core';
import {
  ALL_COUNT,
  AS_SPACER_SKIPS,
  createScorer,
  readAsAuthors,
  readAsSpacer,
  unknownTask,
} from '../scoring/create-scorer.ts';
import { macroOf, sectionBy, taskOf } from '../scoring/figures.ts';
import { readStrictly } from '../scoring/strict.ts';
import { AS_AUTHORS, AS_SPACER, STRICTLY } from './judges.ts';
import type { Judges } from './judges.ts';
import { DIRECTION, DIRECTION_LEVELS, LETTER_TYPES, NUMBER_TYPES } from './tasks.ts';

/** The scorers of VSI-Bench for answers to prompts of a style. */
export function vsiScorers(style: PromptStyle): readonly [Scorer, ...Scorer[]] {
  return [
    createScorer({
      name: 'official',
      description:
        'First word without full stops, a letter by equality, a number by mean relative accuracy; mean of the eight tasks.',
      read: readAsAuthors(style),
      judge: byType(AS_AUTHORS),
      ...ALL_COUNT,
      aggregate: aggregateAsAuthors,
    }),
    createScorer({
      name: 'spacer-eval',
      description:
        "SpaceR's reading of letters and number words; mean of the tasks present, which counts the direction task as 0 when one of its levels is absent.",
      read: readAsSpacer(style),
      judge: byType(AS_SPACER),
      ...AS_SPACER_SKIPS,
      aggregate: aggregateAsSpacer,
    }),
    createScorer({
      name: 'strict',
      description:
        'A letter of the options or a number with its unit and nothing else; mean of the tasks present.',
      read: readStrictly(style),
      judge: byType(STRICTLY),
      ...ALL_COUNT,
      aggregate: aggregateStrictly,
    }),
  ];
}

function byType({ letter, number }: Judges): Judges['letter'] {
  return (item, text) => {
    if (LETTER_TYPES.has(item.task)) return letter(item, text);
    return NUMBER_TYPES.has(item.task) ? number(item, text) : unknownTask(item);
  };
}

type Section = ScoreTable['sections'][string];

/** Merges the present levels of the direction task into one task, each with the same weight. */
function mergeLevels(types: Section): Section {
  const levels = DIRECTION_LEVELS.flatMap((level) => types[level] ?? []);
  const others = Object.entries(types).filter(([type]) => !DIRECTION_LEVELS.includes(type));
  const merged = levels.length === 0 ? [] : [[DIRECTION, macroOf(levels)] as const];
  return Object.fromEntries([...others, ...merged]);
}

function tableOf(tasks: Section, types: Section): ScoreTable {
  const levels = Object.entries(types).filter(([type]) => DIRECTION_LEVELS.includes(type));
  return {
    headline: macroOf(Object.values(tasks)),
    sections: { task: tasks, directionLevel: Object.fromEntries(levels) },
  };
}

function aggregateStrictly(rows: readonly ScoredRow[]): ScoreTable {
  const types = sectionBy(rows, taskOf);
  return tableOf(mergeLevels(types), types);
}

/** The authors' script needs all three levels as soon as there is one. Here the present levels replace the absent ones. */
function aggregateAsAuthors(rows: readonly ScoredRow[]): ScoreTable {
  const types = sectionBy(rows, taskOf);
  const absent = DIRECTION_LEVELS.filter((level) => types[level] === undefined);
  const table = tableOf(mergeLevels(types), types);
  if (absent.length === 0 || absent.length === DIRECTION_LEVELS.length) return table;
  return { ...table, referenceError: `no item of ${absent.join(', ')}` };
}

/**
 * SpaceR's script removes the levels one after the other, easy first. When one is absent the task is 0, the levels before it are
 * lost and those after it stay as tasks of their own.
 */
function aggregateAsSpacer(rows: readonly ScoredRow[]): ScoreTable {
  const types = sectionBy(rows, taskOf);
  const absent = DIRECTION_LEVELS.findIndex((level) => types[level] === undefined);
  if (absent < 0 || Object.keys(types).length === 0) return tableOf(mergeLevels(types), types);
  const lost = DIRECTION_LEVELS.slice(0, absent);
  const left = Object.entries(types).filter(([type]) => !lost.includes(type));
  return tableOf({ ...Object.fromEntries(left), [DIRECTION]: { value: 0, count: 0 } }, types);
}
