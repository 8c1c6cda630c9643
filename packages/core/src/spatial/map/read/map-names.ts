/** Finding the names of categories in a text. */

/** The position of a name. */
export interface NameOccurrence {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Where the names stand, in any case, no ASCII letter touching them. One inside another gives way; one that reaches beyond the
 * one before replaces it.
 *
 * @param names In lower case, none empty.
 */
export function findNames(text: string, names: readonly string[]): readonly NameOccurrence[] {
  const folded = foldCase(text);
  const found: NameOccurrence[] = [];
  for (const name of names) {
    if (isAscii(name)) findAscii(folded, name, found);
    else findAny(text, name, found);
  }
  return outermost(found);
}

/** Names in the order of the text, of which one inside another gives way, and one that reaches beyond the one before replaces it. */
export function outermost(names: readonly NameOccurrence[]): readonly NameOccurrence[] {
  const found = names.toSorted((a, b) => a.start - b.start || b.end - a.end);
  const kept: NameOccurrence[] = [];
  for (const occurrence of found) {
    const last = kept.at(-1);
    if (last && occurrence.start < last.end) {
      if (occurrence.end > last.end) kept[kept.length - 1] = occurrence;
    } else {
      kept.push(occurrence);
    }
  }
  return kept;
}

/**
 * Lower case at the same length. As where case is ignored by expressions in Python, the long s and the Kelvin sign are s and k,
 * and the capital i with a dot and the small one without are i.
 */
function foldCase(text: string): string {
  return text
    .replaceAll(/[\u0130\u0131]/g, 'i')
    .toLowerCase()
    .replaceAll('\u017f', 's');
}

function findAscii(folded: string, name: string, found: NameOccurrence[]): void {
  let start = folded.indexOf(name);
  while (start >= 0) {
    const end = start + name.length;
    const isWhole = !isLetter(folded.charCodeAt(start - 1)) && !isLetter(folded.charCodeAt(end));
    if (isWhole) found.push({ name, start, end });
    start = folded.indexOf(name, isWhole ? end : start + 1);
  }
}

function findAny(text: string, name: string, found: NameOccurrence[]): void {
  const expression = new RegExp(`(?<![a-zA-Z])${escaped(name)}(?![a-zA-Z])`, 'giu');
  for (const { 0: match, index } of text.matchAll(expression)) {
    found.push({ name, start: index, end: index + match.length });
  }
}

function isAscii(name: string): boolean {
  return /^[\x20-\x7e]*$/u.test(name);
}

/** Of text in lower case. */
function isLetter(code: number): boolean {
  return code >= 0x61 && code <= 0x7a;
}

function escaped(name: string): string {
  return name.replace(/[\\^$.*+?()[\]{}|/]/gu, '\\$&');
}
