/** Reading the number that an answer gives. */
import { goesOn, isListed, numeralStart, plainNumerals, readNumeral } from './numerals.ts';
import { NUMBER_WORDS, REFERENCE_NUMBER_WORDS, readNumberWords } from './number-words.ts';
import { PYTHON_WORD, asciiDigits, pythonStrip } from '../../python/text.ts';

const NUMBER_WORD = new RegExp(
  `(?<![${PYTHON_WORD}])(?:${NUMBER_WORDS.join('|')})(?![${PYTHON_WORD}])`,
  'iu',
);
/** `one/two` */
const WORD_GOES_ON = new RegExp(`\\s*[/⁄∕*×+^]\\s*(?:${NUMBER_WORDS.join('|')})`, 'iuy');
const MINUS = /(?:(?<![\p{L}\p{N}_.)\]])[-−–]|\b(?:minus|negative)\s+)$/iu;
/** How far before a number its sign can stand. */
const SIGN_REACH = 16;

/**
 * The first number of an answer, in the order of the text: signs, thousands separators, a leading dot, exponents, powers, fractions,
 * mixed numbers, digits of any script, and number words (`twenty one`, `two hundred`, `half`, `two thirds`, `a dozen`) are understood;
 * `a` and `an` alone are no numbers. `undefined` when there is none, when it is beyond the range of a double, and when it is a part
 * of something that is not read whole (see `numerals.ts`).
 *
 * @example readNumber('about -1,234.5 m') // -1234.5
 */
export function readNumber(answer: string): number | undefined {
  return firstNumber(answer, false);
}

/**
 * The number of a true answer: as `readNumber` reads it, but `undefined` where further numbers are listed with it. Of `55,5` nobody knows
 * whether 55.5 is meant, and no answer could be held to 55.
 *
 * @example readTrueNumber('55,5') // undefined
 */
export function readTrueNumber(truth: string): number | undefined {
  return firstNumber(truth, true);
}

function firstNumber(answer: string, isAlone: boolean): number | undefined {
  const text = plainNumerals(asciiDigits(answer));
  const start = numeralStart(text);
  const word = NUMBER_WORD.exec(text);
  if (start !== undefined && (!word || start < word.index)) {
    const read = readNumeral(text, start);
    if (read === 'unreadable') return undefined;
    if (isAlone && isListed(text, read.end)) return undefined;
    return signed(text, start, readNumberWords(text, read.end, read.value));
  }
  return word ? signed(text, word.index, readNumberWords(text, word.index)) : undefined;
}

/** The number that SpaceR's matcher finds, as the text it returns. */
export function matchNumberAsInSpacer(answer: string): string | undefined {
  const text = pythonStrip(answer).toLowerCase();
  const value = REFERENCE_PATTERNS.find(([pattern]) => pattern.test(text))?.[1];
  return value === undefined ? /\p{Nd}+(?:\.\p{Nd}+)?/u.exec(text)?.[0] : String(value);
}

const REFERENCE_PATTERNS = REFERENCE_NUMBER_WORDS.map(
  ([word, value]) =>
    [new RegExp(`(?<![${PYTHON_WORD}])${word}(?![${PYTHON_WORD}])`, 'u'), value] as const,
);

function signed(
  text: string,
  index: number,
  read: { readonly value: number; readonly end: number } | undefined,
): number | undefined {
  if (read === undefined || !Number.isFinite(read.value) || isPart(text, read.end)) {
    return undefined;
  }
  const { value } = read;
  return MINUS.test(text.slice(Math.max(0, index - SIGN_REACH), index)) ? -value : value;
}

function isPart(text: string, end: number): boolean {
  WORD_GOES_ON.lastIndex = end;
  return goesOn(text, end) || WORD_GOES_ON.test(text);
}
