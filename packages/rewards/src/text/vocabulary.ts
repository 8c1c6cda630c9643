/**
 * The numbered words of a true text, by which other texts become lists of numbers. Most words of a wrong text are not in the vocabulary. Their
 * first two characters usually show that, which saves slicing and stemming them.
 */
import { stem } from './porter-stemmer.ts';

/** Words up to this length are not stemmed. */
const SHORT = 3;
/** Most distinct words whose numbers are cached. */
const MOST_KNOWN = 10_000;
/** The number for a word that the true text does not have. */
const FOREIGN = -1;
/** Bound of the character codes of words. */
const RADIX = 0x80;

/** Tokens like those of the usual ROUGE package: lower case, runs of a–z and 0–9, words of more than three characters stemmed. */
export class Vocabulary {
  readonly #numbers = new Map<string, number>();
  /** Numbers of unstemmed words. */
  readonly #known = new Map<string, number>();
  /** Whether a word may begin with these two characters, at `first × RADIX + second`. */
  readonly #beginnings = new Uint8Array(RADIX * RADIX);

  /** Numbers all words of a text. */
  constructor(text: string) {
    for (const word of text.toLowerCase().match(/[a-z0-9]+/gu) ?? []) {
      const token = tokenOf(word);
      if (!this.#numbers.has(token)) this.#numbers.set(token, this.#numbers.size);
      for (const beginning of beginningsOf(token)) this.#beginnings[beginning] = 1;
    }
  }

  /** Distinct words. */
  get size(): number {
    return this.#numbers.size;
  }

  /** A text as the numbers of its words: 0…size − 1, and −1 for words that are not in the vocabulary. */
  numbered(text: string): Int32Array {
    const lower = text.toLowerCase();
    const numbers = new Int32Array((lower.length + 1) >> 1);
    let count = 0;
    for (let start = 0; start < lower.length;) {
      let end = start;
      while (isWordCharacter(lower.charCodeAt(end))) end++;
      if (end > start) numbers[count++] = this.#numberOf(lower, start, end);
      start = end + 1;
    }
    return numbers.subarray(0, count);
  }

  #numberOf(text: string, start: number, end: number): number {
    const second = end > start + 1 ? text.charCodeAt(start + 1) : 0;
    if (this.#beginnings[text.charCodeAt(start) * RADIX + second] === 0) return FOREIGN;
    const word = text.slice(start, end);
    const known = this.#known.get(word);
    if (known !== undefined) return known;
    const number = this.#numbers.get(tokenOf(word)) ?? FOREIGN;
    if (this.#known.size < MOST_KNOWN) this.#known.set(word, number);
    return number;
  }
}

function tokenOf(word: string): string {
  return word.length > SHORT ? stem(word) : word;
}

/**
 * The possible first two characters of words with this stem. Stemming keeps them, except for `dying`, `lying` and `tying`. A word with a stem
 * of one character (`aing`, `ieds`) may have any second character.
 */
function beginningsOf(token: string): readonly number[] {
  const first = token.charCodeAt(0) * RADIX;
  if (token.length === 1) return Array.from({ length: RADIX }, (_, second) => first + second);
  const plain = first + token.charCodeAt(1);
  return /^[dlt]ie$/u.test(token) ? [plain, first + LETTER_Y] : [plain];
}

const LETTER_Y = 0x79;

function isWordCharacter(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39);
}
