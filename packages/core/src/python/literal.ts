/**
 * Reads a Python literal as `ast.literal_eval` does: strings, bytes, numbers, tuples, lists, sets, dictionaries, `None`,
 * `True`, `False`, `...`, signed numbers and sums with a complex right side. Models write maps in this notation.
 */
import { isSeparator, skipBlanks } from './blank.ts';
import { integerOf, pairOf } from './common-values.ts';
import { unixLines } from './text.ts';
import { readAtom, readPlainString } from './token.ts';
import { NotALiteral, pythonKey } from './value.ts';
import type { PythonValue } from './value.ts';

/** Brackets that may be open at once; Python's tokenizer has the same limit. */
const MAX_DEPTH = 200;

/** What the reader accepts beside Python. */
export interface LiteralOptions {
  /** JSON's `null`, `true` and `false`. */
  readonly jsonConstants?: boolean;
}

/**
 * The value of a literal, or `undefined` when the text is not one: any other expression, a syntax error, a key or set item
 * that cannot be hashed, an integer of more than 4300 digits, more than 200 open brackets.
 *
 * @example readPythonLiteral("{'chair': [(1, 2)]}")
 */
export function readPythonLiteral(
  text: string,
  options: LiteralOptions = {},
): PythonValue | undefined {
  if (text.includes('\0')) return undefined;
  try {
    return new LiteralReader(unixLines(text), options.jsonConstants ?? false).read();
  } catch (error) {
    if (error instanceof NotALiteral) return undefined;
    throw error;
  }
}

const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const PLUS = 0x2b;
const COMMA = 0x2c;
const MINUS = 0x2d;
const COLON = 0x3a;
/** Round, square, curly. */
const OPEN = [0x28, 0x5b, 0x7b] as const;
const CLOSE = [0x29, 0x5d, 0x7d] as const;
/** A string does not continue after these. */
const SEPARATORS: ReadonlySet<number> = new Set([COMMA, COLON, ...CLOSE]);

const ZERO = 0x30;
const NINE = 0x39;
/** So many decimal digits are exact in a double. */
const EXACT_DIGITS = 15;

/** A recursive-descent reader; its position is the first character of the next token, blanks skipped. */
class LiteralReader {
  readonly #text: string;
  readonly #jsonConstants: boolean;
  #at = 0;
  /** The character there; NaN at the end. */
  #code = NaN;
  #depth = 0;

  constructor(text: string, jsonConstants: boolean) {
    this.#text = text;
    this.#jsonConstants = jsonConstants;
    this.#goTo(0);
  }

  read(): PythonValue {
    const value = this.#expression();
    return this.#at === this.#text.length ? value : this.#fail();
  }

  #expression(): PythonValue {
    const left = this.#signed();
    if (this.#code !== PLUS && this.#code !== MINUS) return left;
    const sign = this.#code === PLUS ? 1 : -1;
    this.#goTo(this.#at + 1);
    const right = this.#primary();
    if ((left.kind !== 'integer' && left.kind !== 'float') || right.kind !== 'complex') {
      return this.#fail();
    }
    return {
      kind: 'complex',
      real: Number(left.value) + sign * right.real,
      imaginary: sign * right.imaginary,
    };
  }

  #signed(): PythonValue {
    const negative = this.#code === MINUS;
    if (!negative && this.#code !== PLUS) return this.#primary();
    this.#goTo(this.#at + 1);
    const operand = this.#primary();
    switch (operand.kind) {
      case 'integer':
        // An integer has no negative zero.
        return negative ? { kind: 'integer', value: operand.value ? -operand.value : 0 } : operand;
      case 'float':
        return negative ? { kind: 'float', value: -operand.value } : operand;
      case 'complex':
        return negative
          ? { kind: 'complex', real: -operand.real, imaginary: -operand.imaginary }
          : operand;
      default:
        return this.#fail();
    }
  }

  #primary(): PythonValue {
    switch (this.#code) {
      case OPEN[0]:
        return this.#parenthesized();
      case OPEN[1]:
        return this.#list();
      case OPEN[2]:
        return this.#braced();
      default:
        return this.#plainInteger() ?? this.#atom();
    }
  }

  /** Digits and then a separator: what nearly all numbers are. */
  #plainInteger(): PythonValue | undefined {
    let value = 0;
    let at = this.#at;
    let code = this.#code;
    while (code >= ZERO && code <= NINE) {
      value = value * 10 + code - ZERO;
      code = this.#text.charCodeAt(++at);
    }
    const digits = at - this.#at;
    if (digits === 0 || digits > EXACT_DIGITS || !isSeparator(code)) return undefined;
    if (digits > 1 && this.#code === ZERO) return undefined;
    this.#goTo(at);
    return integerOf(value);
  }

  #atom(): PythonValue {
    const isQuoted = this.#code === QUOTE || this.#code === APOSTROPHE;
    const plain = isQuoted ? readPlainString(this.#text, this.#at) : undefined;
    const atom = plain ?? readAtom(this.#text, this.#at) ?? this.#fail();
    this.#goTo(atom.end);
    return atom.type === 'name' ? this.#named(atom.text) : this.#concatenate(atom.value);
  }

  /** Strings side by side are one string; a string beside bytes is an error. */
  #concatenate(first: PythonValue): PythonValue {
    if (first.kind !== 'string' && first.kind !== 'bytes') return first;
    const pieces = [first.value];
    while (!SEPARATORS.has(this.#code)) {
      const isQuoted = this.#code === QUOTE || this.#code === APOSTROPHE;
      const plain = isQuoted ? readPlainString(this.#text, this.#at) : undefined;
      const next = plain ?? readAtom(this.#text, this.#at);
      if (next?.type !== 'value') break;
      if (next.value.kind !== first.kind) return this.#fail();
      pieces.push((next.value as typeof first).value);
      this.#goTo(next.end);
    }
    return pieces.length === 1 ? first : { kind: first.kind, value: pieces.join('') };
  }

  #named(name: string): PythonValue {
    const plain = this.#jsonConstants ? (JSON_CONSTANTS.get(name) ?? name) : name;
    if (plain === 'None' || plain === 'True' || plain === 'False') {
      return { kind: 'constant', value: plain };
    }
    if (name !== 'set') return this.#fail();
    this.#open(0);
    return { kind: 'set', items: this.#close(0, []) };
  }

  /** `(x)` is x, `(x,)` and `()` are tuples. */
  #parenthesized(): PythonValue {
    this.#open(0);
    if (this.#code === CLOSE[0]) return this.#close(0, { kind: 'tuple', items: [] });
    const first = this.#expression();
    return this.#code === CLOSE[0] ? this.#close(0, first) : this.#sequence('tuple', first);
  }

  #list(): PythonValue {
    this.#open(1);
    if (this.#code === CLOSE[1]) return this.#close(1, { kind: 'list', items: [] });
    return this.#sequence('list', this.#expression());
  }

  /** Everything up to the closing bracket, the first item of which was read; a trailing comma allowed. */
  #sequence(kind: 'list' | 'tuple', first: PythonValue): PythonValue {
    const bracket = kind === 'list' ? 1 : 0;
    if (!this.#comesNext(bracket)) return this.#close(bracket, { kind, items: [first] });
    const second = this.#expression();
    if (this.#code === CLOSE[bracket]) return this.#close(bracket, pairOf(kind, first, second));
    const items = [first, second];
    while (this.#comesNext(bracket)) items.push(this.#expression());
    return this.#close(bracket, { kind, items });
  }

  /** Whether another item follows; its comma is passed, and one before the closing bracket too. */
  #comesNext(bracket: 0 | 1): boolean {
    if (this.#code === COMMA) this.#goTo(this.#at + 1);
    else if (this.#code !== CLOSE[bracket]) this.#fail();
    return this.#code !== CLOSE[bracket];
  }

  #braced(): PythonValue {
    this.#open(2);
    const keys: PythonValue[] = [];
    const values: PythonValue[] = [];
    let isSet = false;
    while (this.#code !== CLOSE[2]) {
      keys.push(this.#expression());
      if (keys.length === 1) isSet = this.#code !== COLON;
      if (!isSet) {
        this.#expect(COLON);
        values.push(this.#expression());
      }
      if (this.#code === CLOSE[2]) break;
      this.#expect(COMMA);
    }
    return this.#close(2, isSet ? this.#set(keys) : this.#dictionary(keys, values));
  }

  #set(items: readonly PythonValue[]): PythonValue {
    const distinct = new Map<string | number, PythonValue>();
    for (const item of items) distinct.set(pythonKey(item) ?? this.#fail(), item);
    return { kind: 'set', items: [...distinct.values()] };
  }

  /** A repeated key stays where it first stood and takes the last value. */
  #dictionary(keys: readonly PythonValue[], values: readonly PythonValue[]): PythonValue {
    const texts = new Map<string | number, number>();
    const others = new Map<string | number, number>();
    const entries: [PythonValue, PythonValue][] = [];
    for (const [index, key] of keys.entries()) {
      const isText = key.kind === 'string';
      const identity = isText ? key.value : (pythonKey(key) ?? this.#fail());
      const places = isText ? texts : others;
      const place = places.get(identity);
      if (place === undefined) {
        places.set(identity, entries.length);
        entries.push([key, values[index]!]);
      } else {
        entries[place]![1] = values[index]!;
      }
    }
    return { kind: 'dictionary', entries };
  }

  #goTo(position: number): void {
    this.#at = skipBlanks(this.#text, position);
    this.#code = this.#text.charCodeAt(this.#at);
  }

  #expect(code: number): void {
    if (this.#code !== code) this.#fail();
    this.#goTo(this.#at + 1);
  }

  #open(bracket: 0 | 1 | 2): void {
    this.#expect(OPEN[bracket]);
    if (++this.#depth > MAX_DEPTH) this.#fail();
  }

  /** Passes the closing bracket, and gives back what was in the brackets. */
  #close<Inside>(bracket: 0 | 1 | 2, inside: Inside): Inside {
    this.#expect(CLOSE[bracket]);
    this.#depth--;
    return inside;
  }

  #fail(): never {
    throw new NotALiteral(`unexpected text at ${this.#at}`);
  }
}

const JSON_CONSTANTS: ReadonlyMap<string, string> = new Map([
  ['null', 'None'],
  ['true', 'True'],
  ['false', 'False'],
]);
