/** A token of the hub. Only the header of a request shows its value. */
import { inspect } from 'node:util';

const HIDDEN = '[hub token]';
/** Shorter tokens are placeholders that may occur in ordinary texts. */
const SHORTEST = 8;

/** A secret. Printing, logging and JSON give `[hub token]`. */
export class Token {
  readonly #value: string;
  /** The variable or file that it was read from, for messages. */
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
