/**
 * Reads answers strictly: only the requested form counts. No answer is right by accident, no answer is guessed from a sentence,
 * and every item stays in the denominator.
 */
import { extractAnswer, pythonStrip, readNumber } from '@loci/core';
import type { PromptStyle, ScorableItem } from '@loci/core';
import { isTagged } from './create-scorer.ts';
import type { Judgement } from './create-scorer.ts';

/** The last tagged answer after the thinking where the prompt asks for tags, else the whole output; empty when there is none. */
export function readStrictly(style: PromptStyle): (output: string) => string {
  return (output) => pythonStrip(isTagged(style) ? (extractAnswer(output) ?? '') : output);
}

const LONE_LETTER = /^\(?([A-Za-z])(?:\)|\.|\)\.|:)?$/u;
const LETTER_AND_TEXT = /^\(?([A-Z])[).:]\s+(\S[\s\S]*)$/u;
const NUMERAL = /^[-+−]?(?:\d[\d,]*(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?/iu;
const UNIT = /^\s*(?:\p{L}+(?:[ /]\p{L}+)*)?[²³°%]?\.?$/u;

/**
 * The letter in a text: alone (`B`, `b`, `B.`, `(B)`), or in front of the text of its own option. `undefined` for other texts,
 * and for letters that no option has.
 */
export function strictLetter(text: string, options: readonly string[]): string | undefined {
  const lone = LONE_LETTER.exec(text)?.[1]?.toUpperCase();
  if (lone !== undefined) return isOffered(lone, options) ? lone : undefined;
  const [, letter, words] = LETTER_AND_TEXT.exec(text) ?? [];
  if (letter === undefined || words === undefined) return undefined;
  const option = options.find((candidate) => letterOf(candidate) === letter);
  return option !== undefined && sameWords(words, option.replace(OPTION_LETTER, ''))
    ? letter
    : undefined;
}

/** Judges a letter. For records without options (stored predictions of other tools) any letter counts. */
export function judgeLetterStrictly({ answer, options }: ScorableItem, text: string): Judgement {
  const letter = strictLetter(text, options);
  if (letter === undefined) return notTheForm(text, 'a letter of the options');
  const truth = strictLetter(pythonStrip(answer), options) ?? answer;
  return { score: letter === truth ? 1 : 0, answered: true, normalised: letter };
}

/** The number in a text of digits, with an optional sign and unit; `undefined` for other texts. */
export function strictNumber(text: string): number | undefined {
  const numeral = NUMERAL.exec(text)?.[0];
  if (numeral === undefined || !UNIT.test(text.slice(numeral.length))) return undefined;
  return readNumber(numeral.replace('−', '-'));
}

/** The judgment of a text in another form than the requested one. */
export function notTheForm(text: string, wanted: string): Judgement {
  const reason = text === '' ? 'no answer' : `not ${wanted}`;
  return { score: 0, answered: false, normalised: text, reason };
}

const OPTION_LETTER = /^\(?([A-Z])[).:]/u;

/** The letter in front of an option; `undefined` for options that have none. */
function letterOf(option: string): string | undefined {
  return OPTION_LETTER.exec(option)?.[1];
}

function isOffered(letter: string, options: readonly string[]): boolean {
  const offered = options.flatMap((option) => letterOf(option) ?? []);
  return offered.length === 0 || offered.includes(letter);
}

function sameWords(a: string, b: string): boolean {
  const words = (text: string): string =>
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, ' ')
      .trim();
  return words(a) === words(b);
}
