/** Means over rows, over groups of rows, and over groups. Items that a scorer does not count are in none of them. */
import type { ScoreFigure, ScoredRow } from '@loci/core';

/** Figures by name. */
export type Section = Readonly<Record<string, ScoreFigure>>;

/** The mean score of the rows that count. */
export function meanOf(rows: readonly ScoredRow[]): ScoreFigure {
  let sum = 0;
  let count = 0;
  for (const { verdict } of rows) {
    if (!verdict.counted) continue;
    sum += verdict.score;
    count++;
  }
  return { value: sum / count, count };
}

/** The rows by a key, keys in the order of the alphabet. Rows without the key are in no group. */
export function groupBy(
  rows: readonly ScoredRow[],
  keyOf: (row: ScoredRow) => string | undefined,
): ReadonlyMap<string, readonly ScoredRow[]> {
  const groups = new Map<string, ScoredRow[]>();
  for (const row of rows) {
    const key = keyOf(row);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return new Map([...groups].sort(([a], [b]) => (a < b ? -1 : Number(a > b))));
}

/** The mean of each group, groups in which nothing counts left out. */
export function sectionBy(
  rows: readonly ScoredRow[],
  keyOf: (row: ScoredRow) => string | undefined,
): Section {
  return Object.fromEntries(
    [...groupBy(rows, keyOf)]
      .map(([key, group]) => [key, meanOf(group)] as const)
      .filter(([, { count }]) => count > 0),
  );
}

/** The mean of figures, each with the same weight however many items are behind it; the count is that of the items. */
export function macroOf(figures: readonly ScoreFigure[]): ScoreFigure {
  return {
    value: figures.reduce((sum, { value }) => sum + value, 0) / figures.length,
    count: figures.reduce((sum, { count }) => sum + count, 0),
  };
}

/** The task of a row, to group by. */
export function taskOf({ item }: ScoredRow): string {
  return item.task;
}
