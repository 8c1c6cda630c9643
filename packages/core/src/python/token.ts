/**
 * Atoms of a Python literal: numbers, strings with their prefixes and escapes, names, `...`. Follows the lexical rules of Python
 * 3.11; whatever they reject throws `NotALiteral`. Plain numbers and strings, which nearly all are, are read without regular
 * expressions.
 */
import { isSeparator } from './blank.ts';
import { readStringBody } from './string.ts';
import { MAX_DECIMAL_DIGITS, NotALiteral } from './value.ts';
import type { PythonAtom } from './value.ts';

const INTEGER =
  /0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|0(?:_?0)*(?![\d_])|[1-9](?:_?\d)*/y;
const POINT_FLOAT = /(?:\d(?:_?\d)*\.(?:\d(?:_?\d)*)?|\.\d(?:_?\d)*)(?:[eE][+-]?\d(?:_?\d)*)?/y;
const EXPONENT_FLOAT = /\d(?:_?\d)*[eE][+-]?\d(?:_?\d)*/y;
const DIGITS = /\d(?:_?\d)*(?=[jJ])/y;
const STRING_START = /([rRbBuUfF]{0,2})('''|"""|'|")/y;
const NAME = /[\p{L}_][\p{L}\p{N}\p{M}_]*/uy;

/** So many characters of a number are at most as many digits as are exact in a double. */
const EXACT_DIGITS = 15;
const POWERS_OF_TEN = Float64Array.from({ length: EXACT_DIGITS + 1 }, (_, power) => 10 ** power);

const ZERO = 0x30;
const NINE = 0x39;
const PLUS = 0x2b;
const MINUS = 0x2d;
const POINT = 0x2e;
const LETTER_E = 0x65;
const LETTER_J = 0x6a;
const BACKSLASH = 0x5c;
const NEWLINE = 0x0a;

/** The atom that begins at `start`, which is not a blank; `undefined` when none does. */
export function readAtom(text: string, start: number): PythonAtom | undefined {
  const code = text.charCodeAt(start);
  if (isDigit(code) || (code === POINT && isDigit(text.charCodeAt(start + 1)))) {
    return readPlainFloat(text, start) ?? readNumber(text, start);
  }
  if (code === POINT) {
    if (!text.startsWith('...', start)) return undefined;
    return { type: 'value', value: { kind: 'constant', value: 'Ellipsis' }, end: start + 3 };
  }
  STRING_START.lastIndex = start;
  const string = STRING_START.exec(text);
  if (string) return readStringBody(text, start + string[0].length, string[1]!, string[2]!);
  const nameLength = lengthAt(NAME, text, start);
  if (nameLength === 0) return undefined;
  return { type: 'name', text: text.slice(start, start + nameLength), end: start + nameLength };
}

/** A string in single quotes of either kind without escapes; `undefined` for any other. */
export function readPlainString(text: string, start: number): PythonAtom | undefined {
  const quote = text.charCodeAt(start);
  let at = start + 1;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) break;
    if (code === BACKSLASH || code === NEWLINE) return undefined;
  }
  const isTripled = at === start + 1 && text.charCodeAt(at + 1) === quote;
  if (isTripled || at >= text.length) return undefined;
  return {
    type: 'value',
    value: { kind: 'string', value: text.slice(start + 1, at) },
    end: at + 1,
  };
}

/**
 * A number with a fraction, an exponent or a `j`, before a separator and without underscores; `undefined` for any other. Its
 * digits may lead with zeros, which those of an integer may not.
 */
function readPlainFloat(text: string, start: number): PythonAtom | undefined {
  const whole = skipDigits(text, start);
  let end = text.charCodeAt(whole) === POINT ? skipDigits(text, whole + 1) : whole;
  const hasExponent = lowerCase(text.charCodeAt(end)) === LETTER_E;
  if (hasExponent) {
    const sign = text.charCodeAt(end + 1);
    const exponent = sign === PLUS || sign === MINUS ? end + 2 : end + 1;
    end = skipDigits(text, exponent);
    if (end === exponent) return undefined;
  }
  const imaginary = lowerCase(text.charCodeAt(end)) === LETTER_J;
  if (whole === start || !isSeparator(text.charCodeAt(imaginary ? end + 1 : end))) return undefined;
  const isShort = !hasExponent && end - start <= EXACT_DIGITS;
  const value = isShort ? shortFraction(text, start, whole, end) : Number(text.slice(start, end));
  if (imaginary) {
    return { type: 'value', value: { kind: 'complex', real: 0, imaginary: value }, end: end + 1 };
  }
  return end === whole ? undefined : { type: 'value', value: { kind: 'float', value }, end };
}

/** Both the digits and the power of ten are exact, so their quotient is the double nearest to the number. */
function shortFraction(text: string, start: number, point: number, end: number): number {
  let digits = 0;
  for (let at = start; at < end; at++) {
    if (at !== point) digits = digits * 10 + text.charCodeAt(at) - ZERO;
  }
  return digits / POWERS_OF_TEN[Math.max(end - point - 1, 0)]!;
}

function skipDigits(text: string, start: number): number {
  let at = start;
  while (isDigit(text.charCodeAt(at))) at++;
  return at;
}

function readNumber(text: string, start: number): PythonAtom | undefined {
  const floatLength = Math.max(
    lengthAt(POINT_FLOAT, text, start),
    lengthAt(EXPONENT_FLOAT, text, start),
  );
  const length = Math.max(floatLength, lengthAt(DIGITS, text, start));
  const digits = text.slice(start, start + length).replaceAll('_', '');
  if (length > 0 && /[jJ]/u.test(text[start + length] ?? '')) {
    const value = { kind: 'complex', real: 0, imaginary: Number(digits) } as const;
    return { type: 'value', value, end: start + length + 1 };
  }
  if (floatLength > 0) {
    return { type: 'value', value: { kind: 'float', value: Number(digits) }, end: start + length };
  }
  const integerLength = lengthAt(INTEGER, text, start);
  if (integerLength === 0) return undefined;
  const integer = text.slice(start, start + integerLength).replaceAll('_', '');
  if (/^[1-9]/u.test(integer) && integer.length > MAX_DECIMAL_DIGITS) {
    throw new NotALiteral(`integer of ${integer.length} digits at ${start}`);
  }
  const value = { kind: 'integer', value: shortest(BigInt(integer)) } as const;
  return { type: 'value', value, end: start + integerLength };
}

/** The same integer as a number where a number is exact. */
function shortest(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Of an ASCII letter; other characters become none. */
function lowerCase(code: number): number {
  return code | 0x20;
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

/** Length of what a sticky expression matches at a position; 0 when it does not. */
function lengthAt(expression: RegExp, text: string, position: number): number {
  expression.lastIndex = position;
  return expression.exec(text)?.[0].length ?? 0;
}
