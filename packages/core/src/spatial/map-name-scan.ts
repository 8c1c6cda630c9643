/** The second way to read a map: look for the names, and take the numbers that follow each. */
import type { Compatibility } from './compat.ts';
import { decimalsIn, pairsOf, truncatedDecimal } from './map-cells.ts';
import type { ExactCell } from './map-cells.ts';
import { asciiDigits } from './python-text.ts';

interface Occurrence {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

const NUMBER = '-?\\d+(?:\\.\\d+)?';
/** A pair in any brackets. */
const BRACKETED = new RegExp(
  `[([<{]\\s*(${NUMBER})(?:\\s*[,;]\\s*|\\s+)(${NUMBER})\\s*[)\\]>}]`,
  'gu',
);
/** A pair without brackets. The look-behind keeps long runs of digits linear. */
const LOOSE = new RegExp(`(?<!\\d)(${NUMBER})\\s*[,;]\\s*(${NUMBER})`, 'gu');
/** Which instance of its category a name means: `chair 1:`, `chair_2 =`, `chair #3 (`. */
const INSTANCE_NUMBER = /^["'\s_#.-]*\d+["'\s]*(?=[:=([{])/u;
/** Digits that a double can hold; longer runs are no coordinates. */
const MAX_DIGITS = 300;

/**
 * The cells after each name, up to the next name. Names are lower case; they are found in any case where no ASCII letter
 * touches them.
 *
 * With `compat: 'spacer'` every decimal number counts and they are taken two at a time, so `chair 1: (2,3)` gives (1,2).
 * Without it, pairs in brackets count, and only where there are none, pairs joined by a comma after an instance number is skipped.
 */
export function scanNames(
  text: string,
  names: readonly string[],
  options: Compatibility,
): ReadonlyMap<string, readonly ExactCell[]> {
  const cellsIn =
    options.compat === 'spacer' ? (part: string) => pairsOf(decimalsIn(part)) : pairsIn;
  const occurrences = findNames(text, names);
  const map = new Map<string, ExactCell[]>();
  occurrences.forEach(({ name, end }, index) => {
    const cells = cellsIn(text.slice(end, occurrences[index + 1]?.start));
    if (cells.length === 0) return;
    const known = map.get(name);
    if (known) for (const cell of cells) known.push(cell);
    else map.set(name, [...cells]);
  });
  return map;
}

function pairsIn(part: string): readonly ExactCell[] {
  const text = asciiDigits(part);
  const bracketed = [...text.matchAll(BRACKETED)];
  const matches =
    bracketed.length > 0 ? bracketed : [...text.replace(INSTANCE_NUMBER, '').matchAll(LOOSE)];
  return matches.flatMap(([, x, y]) => {
    if (x!.length > MAX_DIGITS || y!.length > MAX_DIGITS) return [];
    return [[truncatedDecimal(x!), truncatedDecimal(y!)] as const];
  });
}

/** Where the names stand. One inside another gives way; one that reaches beyond the one before replaces it. */
function findNames(text: string, names: readonly string[]): readonly Occurrence[] {
  const found = names.flatMap((name) => {
    const expression = new RegExp(`(?<![a-zA-Z])${escaped(name)}(?![a-zA-Z])`, 'giu');
    return Array.from(text.matchAll(expression), ({ 0: match, index }) => ({
      name,
      start: index,
      end: index + match.length,
    }));
  });
  found.sort((a, b) => a.start - b.start || b.end - a.end);
  const kept: Occurrence[] = [];
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

function escaped(name: string): string {
  return name.replace(/[\\^$.*+?()[\]{}|/]/gu, '\\$&');
}
