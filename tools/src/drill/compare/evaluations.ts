/** Compares an evaluation that was disturbed with one that was not, answer by answer and figure by figure. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Comparison } from './runs.ts';

/** A line of `predictions.jsonl`, as far as a drill looks at it. */
export interface KeptRow {
  readonly condition: string;
  readonly item: { readonly id: string };
  readonly prediction: {
    readonly status: string;
    readonly output?: string;
    readonly reason?: string;
  };
}

/** Whole lines of `predictions.jsonl` in their order, without what a killed process wrote of its last one; none when there is no file. */
export function keptLines(folder: string): readonly string[] {
  const path = join(folder, 'predictions.jsonl');
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8').split('\n').slice(0, -1);
}

/** The rows of those lines. */
export function keptRows(folder: string): readonly KeptRow[] {
  return keptLines(folder).map((line) => JSON.parse(line) as KeptRow);
}

/** Compares two folders of evaluations. Rows count by item, as several are asked at once; whether an answer was kept before, and its cost, do not. */
export function compareEvaluations(folder: string, whole: string): Comparison {
  return {
    'an evaluation that goes on has the answers of an uninterrupted one, and each once':
      compareRows(folder, whole),
    'an evaluation that goes on reports the figures of an uninterrupted one': compareReports(
      folder,
      whole,
    ),
  };
}

function compareRows(folder: string, whole: string): string | undefined {
  const [now, before] = [keptLines(folder), keptLines(whole)].map((lines) =>
    lines.map(comparable).sort(),
  );
  const twice = now?.find((line, index) => line === now[index + 1]);
  if (twice !== undefined) return `this row is there twice: ${twice.slice(0, 200)}`;
  const odd = now?.find((line) => before?.includes(line) !== true);
  if (odd !== undefined) return `the uninterrupted one has no such row: ${odd.slice(0, 400)}`;
  const count = (before?.length ?? 0) - (now?.length ?? 0);
  return count === 0 ? undefined : `${count} rows are missing`;
}

function comparable(line: string): string {
  return JSON.stringify(JSON.parse(line), (key, value: unknown) =>
    USAGE.test(key) ? undefined : value,
  );
}

function compareReports(folder: string, whole: string): string | undefined {
  const [now, before] = [folder, whole].map((of) => {
    const path = join(of, 'report.json');
    if (!existsSync(path)) return undefined;
    const { report } = JSON.parse(readFileSync(path, 'utf8')) as { readonly report: object };
    return JSON.stringify(report, (key, value: unknown) => (USAGE.test(key) ? undefined : value));
  });
  if (now === undefined) return 'there is no report.json';
  if (now === before) return undefined;
  return `${now.slice(0, 300)} … was ${before?.slice(0, 300)} …`;
}

/** What answers cost tells apart those that were kept before. */
const USAGE = /^(?:usage|cost|cached)$/;
