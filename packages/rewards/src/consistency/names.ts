/** Canonical names, by which a question and a map refer to the same category. */

/** Plurals that the rules do not cover, and words that only look like plurals. */
const IRREGULAR: ReadonlyMap<string, string> = new Map([
  ['shelves', 'shelf'],
  ['bookshelves', 'bookshelf'],
  ['knives', 'knife'],
  ['people', 'person'],
  ['gas', 'gas'],
]);

/**
 * The canonical form of a name: lower case, words separated by single spaces, the last word in the singular.
 *
 * @example canonicalName('Trash_Bins') // 'trash bin'
 */
export function canonicalName(name: string): string {
  const plain = PLAIN.test(name) ? name : joined(name);
  if (!plain.endsWith('s') && !plain.endsWith('people')) return plain;
  const last = plain.lastIndexOf(' ') + 1;
  return plain.slice(0, last) + singular(plain.slice(last));
}

/** Lower-case words with single spaces between. */
const PLAIN = /^[^\sA-Z_-]+(?: [^\sA-Z_-]+)*$/u;

function joined(name: string): string {
  const words = name.toLowerCase().split(/[\s_-]+/u);
  return words.filter((word) => word !== '').join(' ');
}

function singular(word: string): string {
  const known = IRREGULAR.get(word);
  if (known !== undefined) return known;
  if (word.length < 3 || !word.endsWith('s') || /(?:ss|us|is)$/u.test(word)) return word;
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  return /(?:ss|[^o]us|zz|x|ch|sh)es$/u.test(word) ? word.slice(0, -2) : word.slice(0, -1);
}
