/** Means over rows, over groups of rows, and over groups. They exclude items that a scorer does not count. */
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

/** The mean of each group, with keys in alphabetical order. Rows without the key, and groups without a counted row, are left out. */
export function sectionBy(
  rows: readonly ScoredRow[],
  keyOf: (row: ScoredRow) => string | undefined,
): Section {
  const totals = new Map<string, { sum: number; count: number }>();
  for (const row of rows) {
    const key = row.verdict.counted ? keyOf(row) : undefined;
    if (key === undefined) continue;
    const total = totals.get(key);
    if (total === undefined) {
      totals.set(key, { sum: row.verdict.score, count: 1 });
    } else {
      total.sum += row.verdict.score;
      total.count++;
    }
  }
  const figures = [...totals].map(
    ([key, { sum, count }]) => [key, { value: sum / count, count }] as const,
  );
  return Object.fromEntries(figures.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The mean of figures, each with the same weight whatever its number of items. The count is that of all items. */
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
