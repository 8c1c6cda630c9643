/**
 * Reads a Python literal as `ast.literal_eval` does: strings, bytes, numbers, tuples, lists, sets, dictionaries, `None`,
 * `True`, `False`, `...`, signed numbers and sums with a complex right side. Models write maps in this notation.
 */
import { nextToken } from './python-token.ts';
import type { PythonToken } from './python-token.ts';
import { NotALiteral, pythonKey } from './python-value.ts';
import type { PythonValue } from './python-value.ts';

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
    return new LiteralReader(text.replace(/\r\n?/gu, '\n'), options.jsonConstants ?? false).read();
  } catch (error) {
    if (error instanceof NotALiteral) return undefined;
    throw error;
  }
}

/** A recursive-descent reader with one token of look-ahead. */
class LiteralReader {
  readonly #text: string;
  readonly #jsonConstants: boolean;
  #token: PythonToken;
  #depth = 0;

  constructor(text: string, jsonConstants: boolean) {
    this.#text = text;
    this.#jsonConstants = jsonConstants;
    this.#token = nextToken(text, 0);
  }

  read(): PythonValue {
    const value = this.#expression();
    return this.#token.type === 'end' ? value : this.#fail();
  }

  #expression(): PythonValue {
    const left = this.#signed();
    if (!this.#at('+') && !this.#at('-')) return left;
    const sign = this.#at('+') ? 1 : -1;
    this.#advance();
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
    const negative = this.#at('-');
    if (!negative && !this.#at('+')) return this.#primary();
    this.#advance();
    const operand = this.#primary();
    switch (operand.kind) {
      case 'integer':
        return negative ? { kind: 'integer', value: -operand.value } : operand;
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
    const token = this.#token;
    if (token.type === 'value') {
      this.#advance();
      return this.#concatenate(token.value);
    }
    if (token.type === 'name') return this.#named(token.text);
    if (this.#at('(')) return this.#parenthesised();
    if (this.#at('[')) return { kind: 'list', items: this.#items('[', ']') };
    if (this.#at('{')) return this.#braced();
    return this.#fail();
  }

  /** Strings side by side are one string; a string beside bytes is an error. */
  #concatenate(first: PythonValue): PythonValue {
    if (first.kind !== 'string' && first.kind !== 'bytes') return first;
    const pieces = [first.value];
    while (this.#token.type === 'value') {
      const next = this.#token.value;
      if (next.kind !== first.kind) return this.#fail();
      pieces.push((next as typeof first).value);
      this.#advance();
    }
    return { kind: first.kind, value: pieces.join('') };
  }

  #named(name: string): PythonValue {
    this.#advance();
    const plain = this.#jsonConstants ? (JSON_CONSTANTS.get(name) ?? name) : name;
    if (plain === 'None' || plain === 'True' || plain === 'False') {
      return { kind: 'constant', value: plain };
    }
    if (name !== 'set') return this.#fail();
    return this.#items('(', ')').length === 0 ? { kind: 'set', items: [] } : this.#fail();
  }

  /** `(x)` is x, `(x,)` and `()` are tuples. */
  #parenthesised(): PythonValue {
    let commas = 0;
    const items = this.#items('(', ')', () => commas++);
    return items.length === 1 && commas === 0 ? items[0]! : { kind: 'tuple', items };
  }

  /** Items up to the closing bracket, a trailing comma allowed. */
  #items(open: string, close: string, onComma?: () => void): readonly PythonValue[] {
    this.#open(open);
    const items: PythonValue[] = [];
    while (!this.#at(close)) {
      items.push(this.#expression());
      if (this.#at(close)) break;
      this.#expect(',');
      onComma?.();
    }
    this.#close(close);
    return items;
  }

  #braced(): PythonValue {
    this.#open('{');
    const keys: PythonValue[] = [];
    const values: PythonValue[] = [];
    let isSet = false;
    while (!this.#at('}')) {
      keys.push(this.#expression());
      if (keys.length === 1) isSet = !this.#at(':');
      if (!isSet) {
        this.#expect(':');
        values.push(this.#expression());
      }
      if (this.#at('}')) break;
      this.#expect(',');
    }
    this.#close('}');
    return isSet ? this.#set(keys) : this.#dictionary(keys, values);
  }

  #set(items: readonly PythonValue[]): PythonValue {
    const distinct = new Map(items.map((item) => [pythonKey(item) ?? this.#fail(), item]));
    return { kind: 'set', items: [...distinct.values()] };
  }

  /** A repeated key stays where it first stood and takes the last value. */
  #dictionary(keys: readonly PythonValue[], values: readonly PythonValue[]): PythonValue {
    const entries = new Map<string, readonly [PythonValue, PythonValue]>();
    keys.forEach((key, index) => {
      const identity = pythonKey(key) ?? this.#fail();
      entries.set(identity, [entries.get(identity)?.[0] ?? key, values[index]!]);
    });
    return { kind: 'dictionary', entries: [...entries.values()] };
  }

  #at(punctuation: string): boolean {
    return this.#token.type === 'punctuation' && this.#token.text === punctuation;
  }

  #advance(): void {
    this.#token = nextToken(this.#text, this.#token.end);
  }

  #expect(punctuation: string): void {
    if (!this.#at(punctuation)) this.#fail();
    this.#advance();
  }

  #open(bracket: string): void {
    this.#expect(bracket);
    if (++this.#depth > MAX_DEPTH) this.#fail();
  }

  #close(bracket: string): void {
    this.#expect(bracket);
    this.#depth--;
  }

  #fail(): never {
    throw new NotALiteral(`unexpected text before ${this.#token.end}`);
  }
}

const JSON_CONSTANTS: ReadonlyMap<string, string> = new Map([
  ['null', 'None'],
  ['true', 'True'],
  ['false', 'False'],
]);
