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
]);
const WORD = /[\s-]*([a-z]+)/iy;

/** The words that can begin a number. */
export const NUMBER_WORDS: readonly string[] = [...SMALL.keys(), ...SCALES.keys(), 'half'];

/**
 * Reads the compound number that begins at `position`: `twenty-one`, `two hundred and five`, `half a dozen`, `two and a half`.
 * `begun` is a value that stands before, as in `3 dozen`. `undefined` when no number word stands there and nothing was begun.
 */
export function readNumberWords(
  text: string,
  position: number,
  begun?: number,
): number | undefined {
  const words = wordsAt(text, position);
  let total = 0;
  let group = begun;
  /** What a following word may still fill in: 10 after `twenty`, 100 after `hundred`, 0 when the group is full. */
  let room = begun === undefined ? Infinity : 0;
  for (let at = 0; at < words.length; at++) {
    const joined = words[at] === 'and';
    if (joined && group === undefined) break;
    const word = words[joined ? at + 1 : at] ?? '';
    if (joined && word === 'a' && words[at + 2] === 'half') return total + group! + 0.5;
    if (word === 'half' && !joined && group === undefined) {
      group = 0.5;
      room = 0;
      if (words[at + 1] === 'a' && SCALES.has(words[at + 2] ?? '')) at++;
      continue;
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
  return group === undefined ? undefined : total + group;
}

/** Lower-case words that follow each other with nothing but blanks and hyphens between; no number needs more than 24. */
function wordsAt(text: string, position: number): readonly string[] {
  const words: string[] = [];
  WORD.lastIndex = position;
  while (words.length < 24) {
    const match = WORD.exec(text);
    if (!match) break;
    words.push(match[1]!.toLowerCase());
  }
  return words;
}
