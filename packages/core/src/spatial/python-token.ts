/**
 * Tokens of a Python literal: numbers, strings with their prefixes and escapes, names and punctuation. Follows the lexical
 * rules of Python 3.11; whatever they reject throws `NotALiteral`.
 */
import { readStringBody } from './python-string.ts';
import { NotALiteral } from './python-value.ts';
import type { PythonValue } from './python-value.ts';

/** A token, and where the next one may begin. */
export type PythonToken = { readonly end: number } & (
  | { readonly type: 'value'; readonly value: PythonValue }
  | { readonly type: 'name' | 'punctuation'; readonly text: string }
  | { readonly type: 'end' }
);

const INTEGER =
  /0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|0(?:_?0)*(?![\d_])|[1-9](?:_?\d)*/y;
const POINT_FLOAT = /(?:\d(?:_?\d)*\.(?:\d(?:_?\d)*)?|\.\d(?:_?\d)*)(?:[eE][+-]?\d(?:_?\d)*)?/y;
const EXPONENT_FLOAT = /\d(?:_?\d)*[eE][+-]?\d(?:_?\d)*/y;
const DIGITS = /\d(?:_?\d)*(?=[jJ])/y;
const STRING_START = /([rRbBuUfF]{0,2})('''|"""|'|")/y;
const NAME = /[\p{L}_][\p{L}\p{N}\p{M}_]*/uy;
const BLANK = /(?:[ \t\f\n]|\\\n|#[^\n]*)+/y;

/** Python refuses longer decimal integers when it reads source text. */
const MAX_DECIMAL_DIGITS = 4300;

/** The token at or after `position`, blanks and comments skipped. Line breaks must already be `\n`. */
export function nextToken(text: string, position: number): PythonToken {
  const start = position + lengthAt(BLANK, text, position);
  if (start >= text.length) return { type: 'end', end: start };
  const number = readNumber(text, start);
  if (number) return number;
  STRING_START.lastIndex = start;
  const string = STRING_START.exec(text);
  if (string) return readStringBody(text, start + string[0].length, string[1]!, string[2]!);
  const nameLength = lengthAt(NAME, text, start);
  if (nameLength > 0) {
    return { type: 'name', text: text.slice(start, start + nameLength), end: start + nameLength };
  }
  if (text.startsWith('...', start)) {
    const value = { kind: 'constant', value: 'Ellipsis' } as const;
    return { type: 'value', value, end: start + 3 };
  }
  return { type: 'punctuation', text: text[start]!, end: start + 1 };
}

function readNumber(text: string, start: number): PythonToken | undefined {
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
  const value = { kind: 'integer', value: BigInt(integer) } as const;
  return { type: 'value', value, end: start + integerLength };
}

/** Length of what a sticky expression matches at a position; 0 when it does not. */
function lengthAt(expression: RegExp, text: string, position: number): number {
  expression.lastIndex = position;
  return expression.exec(text)?.[0].length ?? 0;
}
