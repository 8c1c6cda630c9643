/** Makes the table of a grid's runs. */
import { formatFigure } from '../render/format.ts';
import { renderTable } from '../render/table.ts';
import type { CellFigures } from './cell-figures.ts';
import { endingText } from './cell-ending.ts';
import type { CellEnding } from './cell-ending.ts';

/** A run of a grid, for people and programs. */
export interface GridResult {
  readonly name: string;
  readonly directory: string;
  /** `key=value`, one per axis. */
  readonly settings: readonly string[];
  /** Absent when the run has not ended. */
  readonly ending?: CellEnding;
  readonly figures: CellFigures;
}

/** One row per run: how it ended, and each figure as `start → end`. Figures that no run has are left out. */
export function gridTable(results: readonly GridResult[]): string {
  const names = [...new Set(results.flatMap(({ figures }) => Object.keys(figures)))].filter(
    (name) => results.some(({ figures }) => Object.keys(figures[name] ?? {}).length > 0),
  );
  return renderTable(
    ['run', 'ended', ...names],
    results.map(({ name, ending, figures }) => [
      name,
      endingText(ending),
      ...names.map((figure) => {
        const { start, end } = figures[figure] ?? {};
        return `${textOf(start)} → ${textOf(end)}`;
      }),
    ]),
  );
}

function textOf(value: number | undefined): string {
  return value === undefined ? '–' : formatFigure(value);
}
