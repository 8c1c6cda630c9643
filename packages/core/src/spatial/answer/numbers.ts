/** Reading the number that an answer gives. */
import { NUMBER_WORDS, REFERENCE_NUMBER_WORDS, readNumberWords } from './number-words.ts';
import { PYTHON_WORD, asciiDigits, pythonStrip } from '../../python/text.ts';

const NUMERAL =
  /(?<![A-Za-z_\d])(?:(\d{1,3}(?:,\d{3})+(?!\d|,\d)|\d+)(\.\d+)?|(\.\d+))(e[+-]?\d+(?![\p{L}\d]))?/iu;
const NUMBER_WORD = new RegExp(
  `(?<![${PYTHON_WORD}])(?:${NUMBER_WORDS.join('|')})(?![${PYTHON_WORD}])`,
  'iu',
);
const MINUS = /(?:(?<![\p{L}\p{N}_.)\]])[-−–]|\b(?:minus|negative)\s+)$/iu;
/** How far before a number its sign can stand. */
const SIGN_REACH = 16;

/**
 * The first number of an answer, in the order of the text: signs, thousands separators, a leading dot, exponents, digits of
 * any script, and number words (`twenty one`, `two hundred`, `half`, `a dozen`) are understood; `a` and `an` alone are no numbers.
 * `undefined` when there is none, or when it is beyond the range of a double.
 *
 * @example readNumber('about -1,234.5 m') // -1234.5
 */
export function readNumber(answer: string): number | undefined {
  const text = asciiDigits(answer);
  const numeral = NUMERAL.exec(text);
  const word = NUMBER_WORD.exec(text);
  if (numeral && (!word || numeral.index < word.index)) {
    const [match, whole = '', fraction = '', leadingDot = '', exponent = ''] = numeral;
    const value = Number(`${whole.replaceAll(',', '')}${fraction}${leadingDot}${exponent}`);
    return signed(text, numeral.index, readNumberWords(text, numeral.index + match.length, value));
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

function signed(text: string, index: number, value: number | undefined): number | undefined {
  if (value === undefined || !Number.isFinite(value)) return undefined;
  return MINUS.test(text.slice(Math.max(0, index - SIGN_REACH), index)) ? -value : value;
}
