/** The second way to read a map: look for the names, and take the numbers that follow each. */
import type { Compatibility } from '../../answer/compat.ts';
import { appendCells, pairsOf } from './map-cells.ts';
import type { WrittenCell } from './map-cells.ts';
import { findNames } from './map-names.ts';
import { bracketedPairs, decimalsIn, loosePairs } from './map-numbers.ts';
import { asciiDigits } from '../../../python/text.ts';

/** Which instance of its category a name means: `chair 1:`, `chair_2 =`, `chair #3 (`. */
const INSTANCE_NUMBER = /^["'\s_#.-]*\d+["'\s]*(?=[:=([{])/u;
/** Two numbers and something between them. */
const SHORTEST_PAIR = 3;

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
): ReadonlyMap<string, readonly WrittenCell[]> {
  const read = options.compat === 'spacer' ? (part: string) => pairsOf(decimalsIn(part)) : pairsIn;
  const isPlain = asciiDigits(text) === text;
  const occurrences = findNames(text, names);
  const map = new Map<string, WrittenCell[]>();
  occurrences.forEach(({ name, end }, index) => {
    const next = occurrences[index + 1]?.start ?? text.length;
    if (next - end < SHORTEST_PAIR) return;
    const part = text.slice(end, next);
    appendCells(map, name, read(isPlain ? part : asciiDigits(part)));
  });
  return map;
}

function pairsIn(text: string): WrittenCell[] {
  const bracketed = bracketedPairs(text);
  return bracketed.length > 0 ? bracketed : loosePairs(text.replace(INSTANCE_NUMBER, ''));
}
