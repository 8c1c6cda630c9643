/** Finds the categories of a map in a text, for rewards that credit each of them by itself. */
import { findNames } from './map-names.ts';

/** The stretch of a text that writes one category of a map: from its name to the end of its points. */
export interface MapEntry {
  /** In lower case. */
  readonly category: string;
  /** In UTF-16 units of the whole text. */
  readonly start: number;
  readonly end: number;
}

/** The last character of a list of points. */
const LAST_OF_POINTS = /[\d\])>](?=[^\d\])>]*$)/u;

/**
 * The entries of the first `<map>…</map>` of a text, in its order; none without such a block. A category that is written twice has two.
 *
 * @param categories In lower case; other names are read as part of the entry before them.
 * @example mapEntries('<map>{"chair":[[1,2]],"desk":[[3,4]]}</map>', ['chair', 'desk'])
 * // [{ category: 'chair', start: 7, end: 20 }, { category: 'desk', start: 22, end: 34 }]
 */
export function mapEntries(text: string, categories: readonly string[]): readonly MapEntry[] {
  const opening = text.indexOf('<map>');
  const offset = opening + '<map>'.length;
  const closing = opening < 0 ? -1 : text.indexOf('</map>', offset);
  if (closing < 0) return [];
  const drawn = text.slice(offset, closing);
  const names = findNames(drawn, categories);
  return names.map(({ name, start, end: behindName }, index) => {
    const next = names[index + 1]?.start ?? drawn.length;
    const last = LAST_OF_POINTS.exec(drawn.slice(behindName, next))?.index;
    const end = last === undefined ? next : behindName + last + 1;
    return { category: name, start: offset + start, end: offset + end };
  });
}
