/**
 * Decimal numbers and pairs of them in running text, as points are written where a map is not a dictionary. A number is an optional
 * minus, ASCII digits, and an optional fraction; it is truncated toward zero. Every function passes over its text once.
 */

/** A coordinate without bounds, such as `1e999`. */
export class InfiniteCoordinate extends Error {
  constructor() {
    super('a coordinate is infinite');
  }
}

/** Two coordinates. */
export type NumberPair = readonly [x: number, y: number];

const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const OPENING = tableOf('([<{');
const CLOSING = tableOf(')]>}');
const JOINING = tableOf(',;');
/** So many digits are exact in a double. */
const EXACT_DIGITS = 15;
/** Digits that a double can hold; longer numbers are no coordinates. */
const MAX_DIGITS = 300;

/**
 * All numbers of a text, or the first few. `"1-2.9"` gives 1 and −2. Digits are ASCII.
 *
 * @throws InfiniteCoordinate for a number beyond the range of a double.
 */
export function decimalsIn(text: string, most = Infinity): readonly number[] {
  const numbers: number[] = [];
  let at = 0;
  while (numbers.length < most && (at = nextNumber(text, at)) < text.length) {
    const end = endOfNumber(text, at);
    numbers.push(valueOf(text, at, end));
    at = end;
  }
  return numbers;
}

/** Pairs in any brackets, joined by a comma, a semicolon or white space: `[1, 2]`, `(3 4)`. Digits are ASCII. */
export function bracketedPairs(text: string): NumberPair[] {
  const pairs: NumberPair[] = [];
  for (let at = nextOpening(text, 0); at < text.length; at = nextOpening(text, at)) {
    at = readBracketed(text, at, pairs);
  }
  return pairs;
}

/** Pairs joined by a comma or a semicolon, brackets or not: `3, 4`. Digits are ASCII. */
export function loosePairs(text: string): NumberPair[] {
  const pairs: NumberPair[] = [];
  for (let at = nextNumber(text, 0); at < text.length; at = nextNumber(text, at)) {
    at = readLoose(text, at, pairs);
  }
  return pairs;
}

/** Adds the pair whose bracket opens here, if one does; returns where the search continues. */
function readBracketed(text: string, opening: number, pairs: NumberPair[]): number {
  const first = skipSpaces(text, opening + 1);
  const firstEnd = endOfNumber(text, first);
  if (firstEnd === first) return opening + 1;
  const joint = skipSpaces(text, firstEnd);
  const isJoined = JOINING[text.charCodeAt(joint)] === 1;
  if (!isJoined && joint === firstEnd) return opening + 1;
  const second = isJoined ? skipSpaces(text, joint + 1) : joint;
  const end = endOfNumber(text, second);
  const closing = skipSpaces(text, end);
  if (end === second || CLOSING[text.charCodeAt(closing)] !== 1) return opening + 1;
  addPair(text, first, firstEnd, second, end, pairs);
  return closing + 1;
}

/** Adds the pair whose first number begins here, if one does; returns where the search continues. */
function readLoose(text: string, start: number, pairs: NumberPair[]): number {
  // A minus after a digit is a dash.
  const isDash = text.charCodeAt(start) === MINUS && isDigit(text.charCodeAt(start - 1));
  const first = isDash ? start + 1 : start;
  const firstEnd = endOfNumber(text, first);
  const joint = skipSpaces(text, firstEnd);
  if (JOINING[text.charCodeAt(joint)] === 1) {
    const second = skipSpaces(text, joint + 1);
    const end = endOfNumber(text, second);
    if (end > second) {
      addPair(text, first, firstEnd, second, end, pairs);
      return end;
    }
  }
  return afterDigits(text, start + 1);
}

function addPair(
  text: string,
  first: number,
  firstEnd: number,
  second: number,
  end: number,
  pairs: NumberPair[],
): void {
  if (firstEnd - first > MAX_DIGITS || end - second > MAX_DIGITS) return;
  pairs.push(numberPair(valueOf(text, first, firstEnd), valueOf(text, second, end)));
}

/** Pairs of one digit each, which is what most points are; they are not made anew. */
const DIGIT_PAIRS: readonly NumberPair[] = Array.from({ length: 100 }, (_, pair) => [
  Math.floor(pair / 10),
  pair % 10,
]);

/** A pair; equal ones may be one and the same. Both numbers are whole. */
export function numberPair(x: number, y: number): NumberPair {
  const isSmall = x >= 0 && x < 10 && y >= 0 && y < 10;
  return isSmall ? DIGIT_PAIRS[10 * x + y]! : [x, y];
}

/** Of the number between two positions, toward zero, which has no sign. */
function valueOf(text: string, start: number, end: number): number {
  let value = 0;
  const isNegative = text.charCodeAt(start) === MINUS;
  const first = isNegative ? start + 1 : start;
  for (let at = first; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === POINT || end - first > EXACT_DIGITS)
      return truncated(Number(text.slice(start, end)));
    value = value * 10 + code - ZERO;
  }
  return isNegative && value > 0 ? -value : value;
}

function truncated(value: number): number {
  if (!Number.isFinite(value)) throw new InfiniteCoordinate();
  return Math.trunc(value) + 0;
}

/** The next digit, or the minus before it. */
function nextNumber(text: string, position: number): number {
  let at = position;
  while (at < text.length && !isDigit(text.charCodeAt(at))) at++;
  return at > position && at < text.length && text.charCodeAt(at - 1) === MINUS ? at - 1 : at;
}

function nextOpening(text: string, position: number): number {
  let at = position;
  while (at < text.length && OPENING[text.charCodeAt(at)] !== 1) at++;
  return at;
}

/** Where the number at a position ends; the position itself where none begins. */
function endOfNumber(text: string, start: number): number {
  const first = text.charCodeAt(start) === MINUS ? start + 1 : start;
  const whole = afterDigits(text, first);
  if (whole === first) return start;
  if (text.charCodeAt(whole) !== POINT) return whole;
  const fraction = afterDigits(text, whole + 1);
  return fraction > whole + 1 ? fraction : whole;
}

function afterDigits(text: string, position: number): number {
  let at = position;
  while (isDigit(text.charCodeAt(at))) at++;
  return at;
}

function skipSpaces(text: string, position: number): number {
  let at = position;
  for (;;) {
    const code = text.charCodeAt(at);
    const isSpace =
      code === 0x20 ||
      (code >= 0x09 && code <= 0x0d) ||
      (code >= 0xa0 && /\s/u.test(String.fromCharCode(code)));
    if (!isSpace) return at;
    at++;
  }
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

/** 1 at the code of each sign. */
function tableOf(signs: string): Uint8Array {
  return Uint8Array.from({ length: 0x80 }, (_, code) =>
    signs.includes(String.fromCharCode(code)) ? 1 : 0,
  );
}
