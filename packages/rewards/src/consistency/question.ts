/**
 * Reads what a question asks of the map from its wording: that of the generated rooms, or that of VSI-Bench (arXiv 2412.14171), which SR-91k
 * follows. It reads the problem and its options, never the solution.
 */
import type { Sample } from '@loci/core';
import { canonicalName } from './names.ts';
import { plainText, slotsOf, wording } from './wording.ts';

/** An option of a question. */
export interface Option {
  /** Upper case. */
  readonly letter: string;
  /** Canonical, see `canonicalName`. */
  readonly name: string;
}

/** The choices of a direction question: left or right; those or back; four quadrants. */
export type DirectionLevel = 'easy' | 'medium' | 'hard';

/** A question that a map of objects can answer. Names are canonical. */
export type MapQuestion =
  | { readonly asks: 'count'; readonly category: string }
  | {
      readonly asks: 'closest';
      readonly anchor: string;
      readonly options: readonly Option[];
      /** Measured between surfaces, which a map of centers only approximates. */
      readonly fromSurface: boolean;
    }
  | {
      readonly asks: 'direction';
      readonly level: DirectionLevel;
      readonly observer: string;
      readonly faced: string;
      readonly target: string;
      readonly options: readonly Option[];
    }
  | {
      readonly asks: 'distance';
      readonly from: string;
      readonly to: string;
      readonly fromSurface: boolean;
    };

const COUNT = [
  wording('how many of this are in the room: {category}?'),
  wording('how many {category}(s) are in this room'),
  wording('how many {category} are in this room'),
];
const CLOSEST = [
  wording('which is closest to the {anchor}?'),
  wording('which of these objects ({options}) is the closest to the {anchor}?'),
];
const DIRECTION = [
  wording('you stand at the {observer} and face the {faced}. where is the {target}?'),
  wording('if i am standing by the {observer} and facing the {faced}, is the {target} to my '),
  wording(
    'if i am standing by the {observer} and facing the {faced}, is the {target} to the left ',
  ),
];
const DISTANCE = [
  wording('how many metres is the {from} away from the {to}?'),
  wording('distance between the {from} and the {to} (in meters)'),
];
const SURFACE = 'closest point of each object';

/** The option words of each level; a question has the first level that contains all of its words. */
const LEVELS: readonly (readonly [DirectionLevel, readonly string[]])[] = [
  ['easy', ['left', 'right']],
  ['medium', ['left', 'right', 'back']],
  ['hard', ['front left', 'front right', 'back left', 'back right']],
];

/** Longest problem that is searched, in characters; real questions are shorter. */
const LONGEST_PROBLEM = 4_000;

/** The question, or `undefined` when its kind or wording is unknown. */
export function readQuestion({ problem, options }: Sample): MapQuestion | undefined {
  if (problem.length > LONGEST_PROBLEM) return undefined;
  const text = plainText(problem);
  return options.length === 0
    ? numberQuestion(text)
    : choiceQuestion(text, options.flatMap(optionOf));
}

function numberQuestion(text: string): MapQuestion | undefined {
  const count = firstOf(text, COUNT);
  if (count) return { asks: 'count', category: canonicalName(count['category']!) };
  const distance = firstOf(text, DISTANCE);
  if (!distance) return undefined;
  return {
    asks: 'distance',
    from: canonicalName(distance['from']!),
    to: canonicalName(distance['to']!),
    fromSurface: text.includes(SURFACE),
  };
}

function choiceQuestion(text: string, options: readonly Option[]): MapQuestion | undefined {
  if (options.length < 2) return undefined;
  const closest = firstOf(text, CLOSEST);
  if (closest) {
    const anchor = canonicalName(closest['anchor']!);
    return { asks: 'closest', anchor, options, fromSurface: text.includes(SURFACE) };
  }
  const direction = firstOf(text, DIRECTION);
  const level = LEVELS.find(([, words]) => options.every(({ name }) => words.includes(name)))?.[0];
  if (!direction || level === undefined) return undefined;
  return {
    asks: 'direction',
    level,
    observer: canonicalName(direction['observer']!),
    faced: canonicalName(direction['faced']!),
    target: canonicalName(direction['target']!),
    options,
  };
}

function firstOf(
  text: string,
  wordings: readonly ReturnType<typeof wording>[],
): ReturnType<typeof slotsOf> {
  for (const pieces of wordings) {
    const slots = slotsOf(text, pieces);
    if (slots) return slots;
  }
  return undefined;
}

/** `"A. front-left"` gives the letter A and `front left`; a text without a letter gives no option. */
function optionOf(text: string): readonly Option[] {
  const [, letter, words] = /^\s*([A-Za-z])[.):]\s*(\S.*)$/su.exec(text) ?? [];
  if (letter === undefined || words === undefined) return [];
  return [{ letter: letter.toUpperCase(), name: canonicalName(words) }];
}
