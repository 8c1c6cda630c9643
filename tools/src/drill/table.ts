/** The findings of drills, as a table for people and as JSON for programs. */
import type { BrokenPromise } from './base/drill.ts';
import type { DrillResult } from './run-drills.ts';

/** Everything that `--json` writes. */
export interface DrillReport {
  /** When the drills began, in ISO form. */
  readonly date: string;
  readonly seed: number;
  /** Operating system, processor and version of Node.js. */
  readonly machine: string;
  readonly drills: readonly DrillResult[];
}

const HEADER = ['drill', 'rounds', 'checks', 'broken', 'seconds', 'what was done'] as const;

/** Whether every promise held. */
export function allHeld(drills: readonly DrillResult[]): boolean {
  return drills.every(({ broken }) => broken.length === 0);
}

/** The table, then what was broken, then what was skipped. */
export function reportText({ date, seed, machine, drills }: DrillReport): string {
  const rows = drills.map(({ drill, rounds, checks, broken, seconds, counts }) => [
    ...[drill, rounds, checks, broken.length, seconds].map(String),
    Object.entries(counts).map(figureText).join(', '),
  ]);
  const broken = drills.flatMap(({ drill, broken: of }) => of.map((one) => brokenLine(drill, one)));
  const skipped = drills.flatMap(({ drill, skipped: of }) =>
    of.map((reason) => `skipped: ${drill}: ${reason}`),
  );
  const verdict = allHeld(drills)
    ? 'every promise held'
    : `${broken.length === 1 ? '1 promise was' : `${broken.length} promises were`} broken; --seed ${seed} makes the same choices again`;
  return [
    `${date.slice(0, 16).replace('T', ' ')}, seed ${seed}, ${machine}`,
    '',
    ...layOut([HEADER, ...rows]),
    '',
    ...broken,
    ...skipped,
    verdict,
  ].join('\n');
}

/** `7 kills`, or `slowest /health 120 ms` for a figure whose name carries a unit. */
function figureText([name, value]: readonly [string, number]): string {
  const [what, unit] = name.split(', ');
  return unit === undefined ? `${value} ${name}` : `${what} ${value} ${unit}`;
}

function brokenLine(drill: string, { promise, found, round, folder }: BrokenPromise): string {
  const where = round === undefined ? '' : `, round ${round}`;
  const files = folder === undefined ? '' : `\n  files: ${folder}`;
  return `BROKEN: ${drill}${where}: ${promise}\n  found: ${found}${files}`;
}

/** Columns as wide as their widest cell; the first and the last lean left, figures lean right. */
function layOut(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = HEADER.map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  const isWords = (column: number): boolean => column === 0 || column === HEADER.length - 1;
  return rows.map((row) =>
    row
      .map((cell, column) =>
        isWords(column) ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
      )
      .join('  ')
      .trimEnd(),
  );
}
