/** Which rows of a folder its report is about, where the folder keeps more: answers of an earlier command that asked for more items or passes. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EVALUATION_PASSES } from '@loci/core';
import type { PredictionRow } from '@loci/core';
import { z } from 'zod';

/** Passes and item ids. */
const askedPart = z.object({
  passes: z.array(z.enum(EVALUATION_PASSES)),
  items: z.array(z.string()),
});

/** See the head of this file. */
export type AskedPart = z.infer<typeof askedPart>;

/**
 * What a report must say of its rows so that they are found again; undefined when the folder keeps no others.
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
  const passes = EVALUATION_PASSES.filter((pass) => all.some((row) => row.pass === pass));
  return { passes, items: [...new Set(all.map(({ item }) => item.id))] };
}

/** What the report of a folder says of its rows; undefined when it is about all, or there is no report. */
export function readAskedPart(directory: string): AskedPart | undefined {
  const path = join(directory, 'report.json');
  if (!existsSync(path)) return undefined;
  try {
    const report: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return z.looseObject({ asked: askedPart.optional() }).parse(report).asked;
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
  const [passes, items] = [new Set(part.passes), new Set(part.items)];
  return all.filter(({ pass, item }) => passes.has(pass) && items.has(item.id));
}
