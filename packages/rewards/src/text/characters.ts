/** Compares texts by characters, for scripts that are not written in words of ASCII letters. */
import { editDistance } from './word-error-rate.ts';

/** A letter, digit or mark beyond ASCII. */
const FOREIGN = /(?!\p{ASCII})[\p{L}\p{M}\p{N}]/u;
const ASCII_WORD = /[A-Za-z0-9]/;
/** Scripts without spaces between words. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}]/u;

/** Whether a text must be compared by characters: it has letters beyond ASCII, or no ASCII letter or digit at all. */
export function needsCharacters(text: string): boolean {
  return FOREIGN.test(text) || !ASCII_WORD.test(text);
}

/** Whether a text is in a script without spaces between words. */
export function isUnspaced(text: string): boolean {
  return UNSPACED.test(text);
}

/** Whether a text has letters or digits, and none of ASCII. */
export function isInAnotherScript(text: string): boolean {
  return FOREIGN.test(text) && !ASCII_WORD.test(withoutAccents(text));
}

/** `Café` as `Cafe`. */
export function withoutAccents(text: string): string {
  return FOREIGN.test(text) ? text.normalize('NFKD').replace(/\p{M}+/gu, '') : text;
}

/**
 * One minus the character error rate: the fewest characters to insert, delete or replace, divided by those of the truth; at least 0. A text
 * with at least twice as many characters scores 0.
 *
 * @param charactersOf Cuts a text into characters; by default case and punctuation are ignored.
 */
export function characterAccuracy(
  truth: string,
  answer: string,
  charactersOf: (text: string) => readonly string[] = looseCharacters,
): number {
  const wanted = charactersOf(truth);
  const most = Math.max(1, wanted.length);
  if (answer.length > 8 * truth.length + 64) return 0;
  const given = charactersOf(answer);
  if (given.length - wanted.length >= most) return 0;
  return Math.max(0, 1 - editDistance(wanted, given) / most);
}

/** Letters, digits, marks and signs, in lower case; a run of anything else becomes one space. */
function looseCharacters(text: string): readonly string[] {
  const plain = text.normalize('NFKC').toLowerCase().normalize('NFKC');
  const words = plain.replace(/[^\p{L}\p{M}\p{N}\p{S}]+/gu, ' ').trim();
  return [...(words === '' ? plain.trim() : words)];
}

/** Every character except white space. */
export function exactCharacters(text: string): readonly string[] {
  return [...text.normalize('NFC').replace(/\s+/gu, '')];
}
