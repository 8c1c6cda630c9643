/** Finds the categories of a map in a text, for rewards that credit each of them by itself. */
import { findNames, outermost, type NameOccurrence } from './map-names.ts';

/** The stretch of a text that writes one category of a map: from its name to the end of its points. */
export interface MapEntry {
  /** In lower case. */
  readonly category: string;
  /** Points that are written in it. */
  readonly points: number;
  /** In UTF-16 units of the whole text. */
  readonly start: number;
  readonly end: number;
}

/** The last character of a list of points. */
const LAST_OF_POINTS = /[\d\])>](?=[^\d\])>]*$)/u;

// All repetitions are bounded, so that a hostile text takes linear time.
/** A name in quotes before a colon, as a dictionary has it. */
const QUOTED_NAME = /["']([^"'\n]{1,64})["']\s{0,8}:/gu;
const SIGNS_AROUND = /^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu;
const POINT = /-?\d{1,20}\s{0,8},\s{0,8}-?\d{1,20}/gu;

/**
 * The entries of the first `<map>…</map>` of a text, in its order; none without such a block. A category that is written twice has two.
 * Categories that are not listed are found where a dictionary names them in quotes; elsewhere they are read as part of the entry
 * before them.
 *
 * @param categories In lower case.
 * @example mapEntries('<map>{"chair":[[1,2]],"desk":[[3,4]]}</map>', ['chair', 'desk'])
 * // [{ category: 'chair', start: 7, end: 20, points: 1 }, { category: 'desk', start: 22, end: 34, points: 1 }]
 */
export function mapEntries(text: string, categories: readonly string[]): readonly MapEntry[] {
  const opening = text.indexOf('<map>');
  const offset = opening + '<map>'.length;
  const closing = opening < 0 ? -1 : text.indexOf('</map>', offset);
  if (closing < 0) return [];
  const drawn = text.slice(offset, closing);
  const names = outermost([...findNames(drawn, categories), ...quotedNames(drawn)]);
  return names.map(({ name, start, end: behindName }, index) => {
    const next = names[index + 1]?.start ?? drawn.length;
    const points = drawn.slice(behindName, next);
    const last = LAST_OF_POINTS.exec(points)?.index;
    const end = last === undefined ? next : behindName + last + 1;
    return {
      category: name,
      start: offset + start,
      end: offset + end,
      points: points.match(POINT)?.length ?? 0,
    };
  });
}

/** The names in quotes, without the signs around them. */
function quotedNames(drawn: string): readonly NameOccurrence[] {
  return Array.from(drawn.matchAll(QUOTED_NAME), ({ 1: quoted, index }) => {
    const name = quoted!.replace(SIGNS_AROUND, '');
    const start = index + 1 + quoted!.indexOf(name);
    return { name: name.toLowerCase(), start, end: start + name.length };
  }).filter(({ name }) => name !== '');
}
