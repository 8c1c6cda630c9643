/**
 * Numbers written in digits, read whole or not at all: grouped (`1,234`, `1 234`, `1'234`), with an exponent (`1e3`, `2^3`, `10³`,
 * `1.5×10^3`), as a fraction (`2/3`, `½`, `\frac{2}{3}`), mixed (`2 1/2`, `2½`). What goes on in a way that is not read, such as
 * `0,5`, `1.234,5`, `1:30`, `2π`, `3 x 4` or `5'6"`, is no number: its first part is not what was meant. `55,5` and `3.5.2` are lists, as
 * models write them, and give their first number; of a true answer no list is read.
 */

/** A number that was read, and where what follows it begins; `unreadable` when a numeral stands there that is not read whole. */
export type ReadNumeral = { readonly value: number; readonly end: number } | 'unreadable';

/** Where a numeral can begin: not inside a name (`A4`), and not as the exponent or denominator of one (`m^2`, `x/2`). */
const START = /(?<![A-Za-z_\d^/])(?<!\d[.,])(?:\d|\.\d)|\\[dtc]?frac/u;
const GROUPED = /[1-9]\d{0,2}(?:,\d{3})+(?!\d)|[1-9]\d?(?:,\d{2})+,\d{3}(?!\d)/uy;
const SPACED = /[1-9]\d{0,2}([ \u00a0\u2009\u202f'’_])\d{3}(?:\1\d{3})*(?!\d|\s*[/⁄∕])/uy;
const PLAIN = /\d+(?:\.\d+)?|\.\d+/uy;
const FRACTION_PART = /\.\d+/uy;
const EXPONENT = /e([+-]?\d+)/iuy;
const LATEX_FRACTION =
  /\\[dtc]?frac\s*(?:\{\s*([-−]?[\d.]+)\s*\}|(\d))\s*(?:\{\s*([-−]?[\d.]+)\s*\}|(\d))/uy;
const SLASHED = /\s*[/⁄∕÷]\s*([-−]?)/uy;
const MIXED = /(?:\s+and\s+|\s+|-)(?=(\d+)\s*[/⁄∕]\s*(\d+))|\s*(?:and\s+)?(?=\\[dtc]?frac)/iuy;
const POWER = /\s*(?:\^|\*\*)\s*(?:\{\s*([+\-−]?\d+)\s*\}|\(\s*([+\-−]?\d+)\s*\)|([+\-−]?\d+))/uy;
const SUPERSCRIPT = /[⁺⁻]?[⁰¹²³⁴-⁹]+/uy;
const TIMES_TEN = /\s*(?:[x×*·⋅∙]|\\times|\\cdot)\s*10(?=\s*(?:\^|\*\*)|[⁺⁻⁰¹²³⁴-⁹])/iuy;
const SPOKEN_POINT = /\s+point\s+(\d+)(?![.,]?\d)/iuy;

/** What makes the number before it a part of something else. */
const GOES_ON = new RegExp(
  [
    String.raw`[:'’_]\d`,
    // `0,5` and what is left of `1.234.567`, `1.234,5` and `1,234,56`.
    String.raw`(?<=(?<!\d)0),\d`,
    String.raw`(?<=(?<!\d)[1-9]\d{0,2}\.\d{3})(?:\.\d{3})*(?:,\d|\.\d{3}(?!\d))`,
    String.raw`(?<=\d,\d{3})[,.]\d`,
    String.raw`\s*\)?\s*(?:\^|\*\*|[⁺⁻⁰¹²³⁴-⁹])`,
    String.raw`\s*\)?\s*(?:[/⁄∕÷*×·⋅∙+]|x(?![a-z])|\\times|\\cdot|\\div)\s*[-−(]?\s*[\d.(\\]`,
    String.raw`\s*(?:[π√]|\\pi|\\sqrt|pi(?![a-z]))`,
    String.raw`\s+(?:over|divided by|times|plus|minus|to the power|squared|cubed)(?![a-z])`,
    // Feet and inches, meters and centimeters: one length in two numbers.
    String.raw`\s*(?:ft|feet|foot|m|meters?|metres?|h|hours?)\.?\s*(?:and\s+)?\d+(?:\.\d+)?\s*(?:in|inch|inches|cm|centimeters?|centimetres?|min|minutes?)(?![a-z])`,
    // What is left of a number in another base.
    String.raw`(?<=0)[xob][\da-f]`,
  ].join('|'),
  'iuy',
);
/** What makes the number before it the first of a list. */
const LISTED = /\s*,\s*[-−]?\d|\.\d/uy;
/** What makes the number after it a part of something else. */
const BEGUN_BEFORE = /(?:[√∛π]|\\?sqrt|\\?log|\bln)\s*[({]?\s*$/iu;
/** How far before a number such a sign can stand. */
const REACH = 10;

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** A sign of any of those ways; most answers have none. */
const WRITTEN_OTHERWISE = /[^\0-\x7f]|\{,\}|\\,/u;

/** The text with what is written in several ways written in one: `½` as ` 1⁄2`, the points and commas of other scripts as ours. */
export function plainNumerals(text: string): string {
  if (!WRITTEN_OTHERWISE.test(text)) return text;
  return text
    .replace(/[¼-¾⅐-⅞↉]/gu, (sign) => ` ${sign.normalize('NFKC')}`)
    .replace(/[٫．]/gu, '.')
    .replace(/[٬，]/gu, ',')
    .replaceAll('／', '/')
    .replaceAll('{,}', ',')
    .replaceAll('\\,', ' ');
}

/** Where the first numeral of a text begins; undefined when it has none. */
export function numeralStart(text: string): number | undefined {
  return START.exec(text)?.index;
}

/** Reads the numeral that begins at a place of a text that `plainNumerals` has been over. */
export function readNumeral(text: string, start: number): ReadNumeral {
  if (BEGUN_BEFORE.test(text.slice(Math.max(0, start - REACH), start))) return 'unreadable';
  const first = latexFraction(text, start) ?? plainNumber(text, start);
  if (first === undefined) return 'unreadable';
  const whole = first.isWhole ? mixed(text, first) : undefined;
  const read = whole ?? divided(text, first) ?? scaled(text, first) ?? raised(text, first) ?? first;
  if (!Number.isFinite(read.value) || match(GOES_ON, text, read.end) !== undefined) {
    return 'unreadable';
  }
  return read;
}

/** Whether what stands at a place makes a number before it a part of something else: `/ 2`, `times three`. */
export function goesOn(text: string, end: number): boolean {
  return match(GOES_ON, text, end) !== undefined;
}

/** Whether a number that ends at a place is the first of a list: `55,5`, `3.5.2`. */
export function isListed(text: string, end: number): boolean {
  return match(LISTED, text, end) !== undefined;
}

interface Read {
  readonly value: number;
  readonly end: number;
  /** Digits alone, so that a fraction may follow. */
  readonly isWhole: boolean;
}

function plainNumber(text: string, start: number): Read | undefined {
  const grouped = match(GROUPED, text, start) ?? match(SPACED, text, start);
  const plain = grouped ?? match(PLAIN, text, start);
  if (plain === undefined) return undefined;
  let [digits] = plain;
  let end = start + digits.length;
  digits = digits.replace(/[^\d.]/gu, '');
  const fraction = grouped && match(FRACTION_PART, text, end);
  if (fraction) {
    digits += fraction[0];
    end += fraction[0].length;
  }
  const exponent = match(EXPONENT, text, end);
  if (exponent) {
    digits += exponent[0];
    end += exponent[0].length;
  }
  const spoken = exponent === undefined ? match(SPOKEN_POINT, text, end) : undefined;
  if (spoken && !digits.includes('.')) {
    digits += `.${spoken[1]}`;
    end += spoken[0].length;
  }
  return { value: Number(digits), end, isWhole: /^\d+$/u.test(digits) };
}

function latexFraction(text: string, start: number): Read | undefined {
  const found = match(LATEX_FRACTION, text, start);
  if (found === undefined) return undefined;
  const [all, over, overDigit, under, underDigit] = found;
  const value = toNumber(over ?? overDigit!) / toNumber(under ?? underDigit!);
  return { value, end: start + all.length, isWhole: false };
}

/** `2 1/2`; a fraction of 1 or more after a whole number is something else. */
function mixed(text: string, { value, end }: Read): Read | undefined {
  const joined = match(MIXED, text, end);
  if (joined === undefined) return undefined;
  const place = end + joined[0].length;
  const over = latexFraction(text, place) ?? divided(text, plainNumber(text, place));
  if (over === undefined) return undefined;
  const part = over.value < 1 ? over.value : Number.NaN;
  return { value: value + part, end: over.end, isWhole: false };
}

function divided(text: string, over: Read | undefined): Read | undefined {
  const slash = over && match(SLASHED, text, over.end);
  if (over === undefined || slash === undefined) return undefined;
  const under = plainNumber(text, over.end + slash[0].length);
  if (under === undefined) return undefined;
  const sign = slash[1] === '' ? 1 : -1;
  return { value: (sign * over.value) / under.value, end: under.end, isWhole: false };
}

/** `1.5×10^3`. */
function scaled(text: string, { value, end }: Read): Read | undefined {
  const times = match(TIMES_TEN, text, end);
  if (times === undefined) return undefined;
  const place = end + times[0].length;
  const exponent = exponentAt(text, place);
  if (exponent === undefined) return undefined;
  // Read as 1.5e3 is, without the rounding of a product.
  return { value: Number(`${value}e${exponent.value}`), end: exponent.end, isWhole: false };
}

/** `2^3`. */
function raised(text: string, { value, end }: Read): Read | undefined {
  const exponent = exponentAt(text, end);
  return exponent && { value: value ** exponent.value, end: exponent.end, isWhole: false };
}

function exponentAt(text: string, place: number): Omit<Read, 'isWhole'> | undefined {
  const power = match(POWER, text, place);
  if (power) {
    const [all, braced, bracketed, bare] = power;
    return { value: toNumber((braced ?? bracketed ?? bare)!), end: place + all.length };
  }
  const above = match(SUPERSCRIPT, text, place)?.[0];
  if (above === undefined) return undefined;
  const digits = [...above].map((sign) =>
    sign === '⁻' ? '-' : sign === '⁺' ? '' : SUPERSCRIPTS.indexOf(sign),
  );
  return { value: Number(digits.join('')), end: place + above.length };
}

function toNumber(digits: string): number {
  return Number(digits.replace('−', '-'));
}

/** What a sticky pattern finds at a place. */
function match(pattern: RegExp, text: string, place: number): RegExpExecArray | undefined {
  pattern.lastIndex = place;
  return pattern.exec(text) ?? undefined;
}
