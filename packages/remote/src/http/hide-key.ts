/**
 * Keeps an API key out of everything that a server sends back: the key itself, a part of it, in another letter case, wrapped over lines,
 * and in the encodings in which servers print headers.
 */

const HIDDEN = '[API key]';
/** Shorter keys, such as `none`, are placeholders and occur in ordinary texts. */
const SHORTEST_SECRET = 8;
/** A server that cuts its message may cut the key within it, too. This many characters of it are still a secret. */
const SHORTEST_PART = 12;

/** Replaces a key, or a large part of it, wherever it occurs in a text. */
export interface KeyHider {
  /** For error messages of a server. */
  inMessage(text: string): string;
  /** For an answer. A short key, which is a placeholder, leaves it unchanged. */
  inAnswer(text: string): string;
}

/** A hider of one key. Without a key it changes nothing. */
export function keyHider(key: string | undefined): KeyHider {
  if (key === undefined) return { inMessage: (text) => text, inAnswer: (text) => text };
  if (key.length < SHORTEST_SECRET) {
    return { inMessage: (text) => text.replaceAll(key, HIDDEN), inAnswer: (text) => text };
  }
  const forms = [...new Set(formsOf(key).map((form) => form.toLowerCase()))].map(partsOf);
  const hide = (text: string) => hideForms(text, forms);
  return { inMessage: hide, inAnswer: hide };
}

/** The key as servers write it. In base64 the text before the key shifts its letters. */
function formsOf(key: string): readonly string[] {
  const bytes = Buffer.from(key);
  const base64 = ['', 'r', 'r '].map((before) =>
    Buffer.concat([Buffer.from(before), bytes])
      .toString('base64')
      .slice(before === '' ? 0 : 4)
      .replace(/=+$/u, ''),
  );
  const each = (write: (code: string) => string) =>
    [...bytes].map((byte) => write(byte.toString(16).padStart(2, '0'))).join('');
  return [
    key,
    JSON.stringify(key).slice(1, -1),
    encodeURIComponent(key),
    each((code) => `%${code}`),
    each((code) => code),
    each((code) => `\\u00${code}`),
    ...base64,
    ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
  ];
}

/** A form of the key, with an index that finds it quickly. */
interface Form {
  readonly text: string;
  /** This many characters in a row are a secret. */
  readonly least: number;
  /** Any part of that length contains one of these, at a place of the text that is a multiple of their length. */
  readonly grams: ReadonlyMap<string, readonly number[]>;
  readonly gram: number;
}

function partsOf(text: string): Form {
  const least = Math.min(text.length, Math.max(SHORTEST_PART, Math.ceil(text.length / 2)));
  const gram = Math.floor((least + 1) / 2);
  const grams = new Map<string, number[]>();
  for (let at = 0; at + gram <= text.length; at++) {
    const places = grams.get(text.slice(at, at + gram));
    if (places) places.push(at);
    else grams.set(text.slice(at, at + gram), [at]);
  }
  return { text, least, grams, gram };
}

/** A text in lower case and without blanks, with the places of its characters in the original. */
interface Condensed {
  readonly text: string;
  readonly placeOf: (at: number) => number;
}

function condense(original: string): Condensed {
  const runs: string[] = [];
  const starts: number[] = [];
  const lengths: number[] = [];
  let length = 0;
  for (const { 0: run, index } of original.matchAll(/\S+/gu)) {
    runs.push(run);
    starts.push(index);
    lengths.push(length);
    length += run.length;
  }
  const placeOf = (at: number) => {
    let [low, high] = [0, lengths.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (lengths[middle]! <= at) low = middle;
      else high = middle - 1;
    }
    return starts[low]! + at - lengths[low]!;
  };
  return { text: lowerCase(runs.join('')), placeOf };
}

/** Hides all forms of the key. Letter case and blanks within the key make no difference. */
function hideForms(original: string, forms: readonly Form[]): string {
  const condensed = condense(original);
  const found = forms.flatMap((form) => [...partsIn(condensed, form)]);
  if (found.length === 0) return original;
  found.sort(([a], [b]) => a - b);
  const pieces: string[] = [];
  let shown = 0;
  let isOpen = false;
  for (const [from, to] of found) {
    if (!isOpen || from > shown) pieces.push(original.slice(shown, from), HIDDEN);
    isOpen = true;
    shown = Math.max(shown, to);
  }
  return pieces.join('') + original.slice(shown);
}

/** The places of a form of the key, or of enough of it, in the original text. */
function* partsIn(
  { text, placeOf }: Condensed,
  { text: key, least, grams, gram }: Form,
): Generator<readonly [from: number, to: number]> {
  for (let at = 0; at + gram <= text.length; at += gram) {
    for (const within of grams.get(text.slice(at, at + gram)) ?? []) {
      let before = 0;
      while (before < Math.min(at, within) && text[at - before - 1] === key[within - before - 1]) {
        before++;
      }
      let after = gram;
      while (within + after < key.length && text[at + after] === key[within + after]) after++;
      if (before + after >= least) yield [placeOf(at - before), placeOf(at + after - 1) + 1];
    }
  }
}

/** The text in lower case, at the same length: `toLowerCase` changes the length of some letters. */
function lowerCase(text: string): string {
  return text.replace(/[A-Z]+/gu, (letters) => letters.toLowerCase());
}
