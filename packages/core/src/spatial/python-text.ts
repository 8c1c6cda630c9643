/**
 * The parts of Python's text semantics that the reference's rewards rest on: what white space is, what a digit is, how a
 * number is read. JavaScript's own notions differ (`trim` cuts U+FEFF and keeps U+001C; `\d` knows ASCII only).
 */

/** White space as `str.isspace` and `\s` see it, for use inside a character class of a `u` regular expression. */
export const PYTHON_SPACE =
  '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';

/** Word characters as `\w` sees them, likewise. */
export const PYTHON_WORD = '\\p{L}\\p{N}_';

const SPACE = new RegExp(`[${PYTHON_SPACE}]`, 'u');
const SPACES = new RegExp(`[${PYTHON_SPACE}]+`, 'u');
const DIGIT = /\p{Nd}/u;
const FOREIGN_DIGITS = /[^\P{Nd}0-9]/gu;
const FLOAT =
  /^[+-]?(?:\d+(?:_\d+)*(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)(?:e[+-]?\d+(?:_\d+)*)?$/iu;
const NON_FINITE = /^([+-]?)(inf|infinity|nan)$/iu;

/** `text.strip()`. */
export function pythonStrip(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && SPACE.test(text[start]!)) start++;
  while (end > start && SPACE.test(text[end - 1]!)) end--;
  return text.slice(start, end);
}

/** `text.split()`: the words between runs of white space. */
export function pythonSplit(text: string): readonly string[] {
  const stripped = pythonStrip(text);
  return stripped === '' ? [] : stripped.split(SPACES);
}

/** Every decimal digit of any script written as 0…9: `"٤２"` becomes `"42"`. */
export function asciiDigits(text: string): string {
  return text.replace(FOREIGN_DIGITS, (digit) => String(digitValue(digit)));
}

/**
 * `float(text)`, or `undefined` where Python raises: surrounding white space, underscores between digits, digits of any
 * script, `inf` and `nan` are understood; the empty text and hexadecimal are not.
 */
export function pythonFloat(text: string): number | undefined {
  const plain = asciiDigits(pythonStrip(text));
  const word = NON_FINITE.exec(plain);
  if (word) {
    if (word[2]!.toLowerCase() === 'nan') return NaN;
    return word[1] === '-' ? -Infinity : Infinity;
  }
  return FLOAT.test(plain) ? Number(plain.replaceAll('_', '')) : undefined;
}

/** Unicode places the ten digits of a script side by side, zero first, so the distance to the run's start tells the value. */
function digitValue(digit: string): number {
  const code = digit.codePointAt(0)!;
  let start = code;
  while (DIGIT.test(String.fromCodePoint(start - 1))) start--;
  return (code - start) % 10;
}
