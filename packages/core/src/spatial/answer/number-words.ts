/** English number words, simple and compound. */

/** The words that SpaceR's matcher knows, in the order in which it tries them. */
export const REFERENCE_NUMBER_WORDS: readonly (readonly [word: string, value: number])[] = [
  ...['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'].map(numbered),
  ...[
    'eleven',
    'twelve',
    'thirteen',
    'fourteen',
    'fifteen',
    'sixteen',
    'seventeen',
    'eighteen',
    'nineteen',
    'twenty',
  ].map((word, index) => [word, index + 11] as const),
  ...['thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'].map(
    (word, index) => [word, 10 * (index + 3)] as const,
  ),
  ['zero', 0],
  ['a', 1],
  ['an', 1],
];

function numbered(word: string, index: number): readonly [string, number] {
  return [word, index + 1];
}

const SMALL: ReadonlyMap<string, number> = new Map(
  REFERENCE_NUMBER_WORDS.filter(([word]) => word !== 'a' && word !== 'an'),
);
const SCALES: ReadonlyMap<string, number> = new Map([
  ['dozen', 12],
  ['hundred', 100],
  ['thousand', 1_000],
  ['million', 1_000_000],
  ['billion', 1e9],
  ['trillion', 1e12],
]);
/** What the parts of a whole are called. */
const PARTS: ReadonlyMap<string, number> = new Map([
  ...['third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth'].map(
    (word, index) => [word, index + 3] as const,
  ),
  ['half', 2] as const,
  ['quarter', 4] as const,
  ['twelfth', 12] as const,
  ['hundredth', 100] as const,
  ['thousandth', 1000] as const,
]);
const WORD = /[\s-]*([a-z]+)/iy;

/** The words that can begin a number. */
export const NUMBER_WORDS: readonly string[] = [
  ...SMALL.keys(),
  ...SCALES.keys(),
  'half',
  'quarter',
];

/**
 * Reads the compound number that begins at `position`: `twenty-one`, `two hundred and five`, `half a dozen`, `two and a half`,
 * `two thirds`, `one point five`. `begun` is a value that stands before, as in `3 dozen`. `undefined` when no number word stands there
 * and nothing was begun; NaN for a number that goes on in a way that is not read (`two point fifty`).
 *
 * @returns The value, and where what follows it begins.
 */
export function readNumberWords(
  text: string,
  position: number,
  begun?: number,
): { readonly value: number; readonly end: number } | undefined {
  const words = wordsAt(text, position);
  const wordAt = (at: number): string => words[at]?.word ?? '';
  const read = (value: number, count: number) => ({
    value,
    end: words[count - 1]?.end ?? position,
  });
  let total = 0;
  let group = begun;
  /** What a following word may still fill in: 10 after `twenty`, 100 after `hundred`, 0 when the group is full. */
  let room = begun === undefined ? Infinity : 0;
  let at = 0;
  for (; at < words.length; at++) {
    const joined = wordAt(at) === 'and';
    if (group !== undefined) {
      const more = partAt(wordAt, joined ? at + 1 : at, total + group, joined);
      if (more !== undefined) return read(more.value, more.end);
    }
    if (joined && group === undefined) break;
    const word = wordAt(joined ? at + 1 : at);
    if ((word === 'half' || word === 'quarter') && !joined && group === undefined) {
      group = word === 'half' ? 0.5 : 0.25;
      room = 0;
      if (wordAt(at + 1) === 'a' && SCALES.has(wordAt(at + 2))) at++;
      continue;
    }
    if (word === 'point' && !joined && group !== undefined) {
      const [value, count] = decimals(wordAt, at + 1, total + group);
      return read(value, at + 1 + count);
    }
    const small = SMALL.get(word);
    const scale = SCALES.get(word);
    if (small !== undefined) {
      if (small >= room || (joined && room < 100)) break;
      group = (group ?? 0) + small;
      room = small >= 20 ? 10 : 0;
    } else if (scale !== undefined && !joined) {
      group = (group ?? 1) * scale;
      room = scale;
      if (scale < 1000) continue;
      total += group;
      group = 0;
    } else {
      break;
    }
    if (joined) at++;
  }
  return group === undefined ? undefined : read(total + group, at);
}

type WordAt = (at: number) => string;

/**
 * The value with the parts of a whole that follow: `(three) quarters`, `(two) and a half`, `(two) and two thirds`. One part is named in
 * the singular, several in the plural: `twenty third` is a place in a row, and gives NaN.
 */
function partAt(
  wordAt: WordAt,
  at: number,
  value: number,
  joined: boolean,
): { readonly value: number; readonly end: number } | undefined {
  if (!joined) {
    const size = partSize(wordAt(at), value === 1);
    return size === undefined ? undefined : { value: value / size, end: at + 1 };
  }
  if (wordAt(at) === 'half') return { value: value + 0.5, end: at + 1 };
  const count = wordAt(at) === 'a' || wordAt(at) === 'an' ? 1 : SMALL.get(wordAt(at));
  const size = count === undefined ? undefined : partSize(wordAt(at + 1), count === 1);
  if (count === undefined || size === undefined) return undefined;
  return { value: value + count / size, end: at + 2 };
}

function partSize(word: string, isOne: boolean): number | undefined {
  if (isOne || PARTS.has(word)) return isOne ? PARTS.get(word) : Number.NaN;
  if (word === 'halves') return 2;
  return word.endsWith('s') ? PARTS.get(word.slice(0, -1)) : undefined;
}

/** The digits after `point`, one a word, and how many words they take; NaN when anything else stands there. */
function decimals(wordAt: WordAt, start: number, value: number): readonly [number, number] {
  let digits = '';
  for (let at = start; ; at++) {
    const digit = wordAt(at) === 'oh' ? 0 : SMALL.get(wordAt(at));
    if (digit === undefined) break;
    if (digit > 9) return [Number.NaN, 0];
    digits += digit;
  }
  const isWhole = Number.isInteger(value) && digits !== '';
  return [isWhole ? Number(`${value}.${digits}`) : Number.NaN, digits.length];
}

/** Lower-case words that follow each other with nothing but blanks and hyphens between; no number needs more than 24. */
function wordsAt(
  text: string,
  position: number,
): readonly { readonly word: string; readonly end: number }[] {
  const words: { readonly word: string; readonly end: number }[] = [];
  WORD.lastIndex = position;
  while (words.length < 24) {
    const match = WORD.exec(text);
    if (!match) break;
    words.push({ word: match[1]!.toLowerCase(), end: WORD.lastIndex });
  }
  return words;
}
