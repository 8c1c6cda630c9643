/** A token of the hub, which shows itself to nobody but the request that carries it. */
import { inspect } from 'node:util';

const HIDDEN = '[hub token]';
/** Shorter ones are placeholders, and occur in ordinary texts. */
const SHORTEST = 8;

/** A secret. Printing, logging and JSON give `[hub token]`. */
export class Token {
  readonly #value: string;
  /** Where it came from, for messages: a variable or a file. */
  readonly source: string;

  constructor(value: string, source: string) {
    this.#value = value.replace(/[\r\n]/gu, '').trim();
    this.source = source;
  }

  /** The value of the header `Authorization`. */
  header(): string {
    return `Bearer ${this.#value}`;
  }

  /** A text without the token in it. */
  hide(text: string): string {
    if (this.#value.length < SHORTEST) return text;
    return [this.#value, encodeURIComponent(this.#value)].reduce(
      (hidden, form) => hidden.replaceAll(form, HIDDEN),
      text,
    );
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}
