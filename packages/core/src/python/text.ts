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
const FOREIGN_DIGIT = /[^\P{Nd}0-9]/u;
const FLOAT =
  /^[+-]?(?:\d+(?:_\d+)*(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)(?:e[+-]?\d+(?:_\d+)*)?$/iu;
/** White space to `strip`, but not to `float`. */
const INFORMATION_SEPARATOR = /[\x1c-\x1f]/;
const NON_FINITE = /^([+-]?)(inf|infinity|nan)$/iu;

/** `text.strip()`. */
export function pythonStrip(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

/** Nearly all characters are ASCII and need no expression. */
function isSpace(code: number): boolean {
  if (code < 0x80)
    return code === 0x20 || (code >= 0x09 && code <= 0x0d) || (code >= 0x1c && code <= 0x1f);
  return SPACE.test(String.fromCharCode(code));
}

/** `text.split()`: the words between runs of white space. */
export function pythonSplit(text: string): readonly string[] {
  const stripped = pythonStrip(text);
  return stripped === '' ? [] : stripped.split(SPACES);
}

/** Every decimal digit of any script written as 0…9: `"٤２"` becomes `"42"`. */
export function asciiDigits(text: string): string {
  if (!FOREIGN_DIGIT.test(text)) return text;
  const units = new Uint16Array(text.length);
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.codePointAt(at)!;
    const value = code < 0x80 ? NO_DIGIT : digitValue(code);
    units[length++] = value === NO_DIGIT ? text.charCodeAt(at) : 0x30 + value;
    // A digit beyond the first plane takes two places; of anything else there the second is copied in its turn.
    if (value !== NO_DIGIT && code > 0xffff) at++;
  }
  return textOfUnits(units, length);
}

/** The text with every line break as `\n`, as Python reads source text. */
export function unixLines(text: string): string {
  if (!text.includes('\r')) return text;
  const units = new Uint16Array(text.length);
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const isSecond = code === NEWLINE && text.charCodeAt(at - 1) === CARRIAGE_RETURN;
    if (!isSecond) units[length++] = code === CARRIAGE_RETURN ? NEWLINE : code;
  }
  return textOfUnits(units, length);
}

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** The text of the first UTF-16 code units, lone surrogates included. */
export function textOfUnits(units: Uint16Array, length: number): string {
  return Buffer.from(units.buffer, 0, 2 * length).toString('utf16le');
}

/**
 * `float(text)`, or `undefined` where Python raises: surrounding white space, underscores between digits, digits of any
 * script, `inf` and `nan` are understood; the empty text and hexadecimal are not.
 */
export function pythonFloat(text: string): number | undefined {
  if (INFORMATION_SEPARATOR.test(text)) return undefined;
  const plain = asciiDigits(pythonStrip(text));
  const word = NON_FINITE.exec(plain);
  if (word) {
    if (word[2]!.toLowerCase() === 'nan') return NaN;
    return word[1] === '-' ? -Infinity : Infinity;
  }
  return FLOAT.test(plain) ? Number(plain.replaceAll('_', '')) : undefined;
}

const NO_DIGIT = -1;
const DIGIT = /\p{Nd}/u;
const FIRST_PLANE = 0x1_0000;
/** What the characters of the first plane are worth, filled as they are met: 0 where not known, else the value and 2. */
const knownValues = new Int8Array(FIRST_PLANE);

/** Unicode places the ten digits of a script side by side, zero first, so the distance to the run's start gives the value. */
function digitValue(code: number): number {
  const known = knownValues[code] ?? 0;
  if (known !== 0) return known - 2;
  let start = code;
  while (DIGIT.test(String.fromCodePoint(start))) start--;
  const value = start === code ? NO_DIGIT : (code - start - 1) % 10;
  if (code < FIRST_PLANE) knownValues[code] = value + 2;
  return value;
}
