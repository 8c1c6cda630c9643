/** Selects the rows that a report covers. A folder may have more, from an earlier command with more items or conditions. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EVALUATION_CONDITIONS, parseReport } from '@loci/core';
import type { AskedPart, PredictionRow } from '@loci/core';

/**
 * The conditions and items of a report, by which its rows are found again; undefined when the folder has no others.
 *
 * @param rows of the report, by `rowKey`.
 * @param earlier all rows that the folder had before.
 */
export function askedPartOf(
  rows: ReadonlyMap<string, PredictionRow>,
  earlier: ReadonlyMap<string, PredictionRow>,
): AskedPart | undefined {
  if ([...earlier.keys()].every((key) => rows.has(key))) return undefined;
  const all = [...rows.values()];
  const conditions = EVALUATION_CONDITIONS.filter((condition) =>
    all.some((row) => row.condition === condition),
  );
  return { conditions, items: [...new Set(all.map(({ item }) => item.id))] };
}

/** The part that the report of a folder covers; undefined when it covers all rows, or there is no valid report. */
export function readAskedPart(directory: string): AskedPart | undefined {
  const path = join(directory, 'report.json');
  if (!existsSync(path)) return undefined;
  try {
    return parseReport(readFileSync(path, 'utf8'), path).asked;
  } catch {
    return undefined;
  }
}

/** The rows of a part; all when it is undefined. */
export function rowsOfPart(
  rows: ReadonlyMap<string, PredictionRow>,
  part: AskedPart | undefined,
): readonly PredictionRow[] {
  const all = [...rows.values()];
  if (part === undefined) return all;
  const [conditions, items] = [new Set(part.conditions), new Set(part.items)];
  return all.filter(({ condition, item }) => conditions.has(condition) && items.has(item.id));
}
