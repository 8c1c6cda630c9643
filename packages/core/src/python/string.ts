/** String and bytes literals of Python: prefixes, triple quotes, escapes. */
import { textOfUnits } from './text.ts';
import { NotALiteral } from './value.ts';
import type { PythonAtom } from './value.ts';

const SIMPLE_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\n', ''],
  ['\\', '\\'],
  ["'", "'"],
  ['"', '"'],
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
]);
const OCTAL = /[0-7]{1,3}/y;
const PREFIXES: ReadonlySet<string> = new Set(['', 'r', 'u', 'b', 'br', 'rb']);

/**
 * Reads a string whose opening quote ends at `start`.
 *
 * @throws NotALiteral for an unclosed string, a wrong prefix or a broken escape. Named characters (`\N{…}`) are not
 * understood and count as broken; f-strings are no literals.
 */
export function readStringBody(
  text: string,
  start: number,
  prefix: string,
  quote: string,
): PythonAtom {
  const kind = prefix.toLowerCase();
  if (!PREFIXES.has(kind)) throw new NotALiteral(`string prefix ${prefix} at ${start}`);
  const bytes = kind.includes('b');
  const end = closingQuote(text, start, quote);
  const body = text.slice(start, end);
  if (bytes && /[^\x00-\x7f]/u.test(body)) throw new NotALiteral(`non-ASCII bytes at ${start}`);
  const value = kind.includes('r') ? body : unescape(body, bytes);
  return {
    type: 'value',
    value: { kind: bytes ? 'bytes' : 'string', value },
    end: end + quote.length,
  };
}

function closingQuote(text: string, start: number, quote: string): number {
  for (let at = start; at < text.length; at++) {
    const sign = text[at];
    if (sign === '\\') at++;
    else if (sign === '\n' && quote.length === 1) break;
    else if (sign === quote[0] && text.startsWith(quote, at)) return at;
  }
  throw new NotALiteral(`string not closed at ${start}`);
}

/** What an escape stands for is never longer than the escape. */
function unescape(body: string, bytes: boolean): string {
  if (!body.includes('\\')) return body;
  const units = new Uint16Array(body.length);
  let length = 0;
  for (let at = 0; at < body.length;) {
    if (body[at] !== '\\') {
      units[length++] = body.charCodeAt(at++);
      continue;
    }
    const [plain, taken] = readEscape(body, at + 1, bytes);
    for (let index = 0; index < plain.length; index++) units[length++] = plain.charCodeAt(index);
    at += 1 + taken;
  }
  return textOfUnits(units, length);
}

/** The text an escape stands for, and how much of the text after the backslash it takes. */
function readEscape(
  body: string,
  at: number,
  bytes: boolean,
): readonly [plain: string, taken: number] {
  const letter = body[at]!;
  const simple = SIMPLE_ESCAPES.get(letter);
  if (simple !== undefined) return [simple, 1];
  if (letter >= '0' && letter <= '7') {
    OCTAL.lastIndex = at;
    const octal = OCTAL.exec(body)![0];
    const code = parseInt(octal, 8);
    return [String.fromCharCode(bytes ? code & 0xff : code), octal.length];
  }
  if (letter === 'x') return [hexadecimal(body, at + 1, 2), 3];
  if (bytes) return [`\\${letter}`, 1];
  if (letter === 'u') return [hexadecimal(body, at + 1, 4), 5];
  if (letter === 'U') return [hexadecimal(body, at + 1, 8), 9];
  if (letter === 'N') throw new NotALiteral('named character');
  return [`\\${letter}`, 1];
}

function hexadecimal(body: string, at: number, digits: number): string {
  const text = body.slice(at, at + digits);
  const code = /^[0-9a-fA-F]+$/u.test(text) && text.length === digits ? parseInt(text, 16) : NaN;
  if (!(code <= 0x10ffff))
    throw new NotALiteral(`broken escape \\${body.slice(at - 1, at + digits)}`);
  return String.fromCodePoint(code);
}
