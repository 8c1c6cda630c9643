/** Which rows of a folder its report is about, where the folder keeps more: answers of an earlier command that asked for more items or conditions. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EVALUATION_CONDITIONS, parseReport } from '@loci/core';
import type { AskedPart, PredictionRow } from '@loci/core';

/**
 * What a report must name of its rows so that they are found again; undefined when the folder keeps no others.
 *
 * @param rows that the report is about, by `rowKey`.
 * @param earlier all that the folder held before.
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

/** What the report of a folder names of its rows; undefined when it is about all, or there is no whole report. */
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
