import type { DatasetProblem } from '@loci/core';

/** One line for each thing that is wrong with data: `file:line: reason`, as editors and terminals follow it. */
export function problemLines(problems: readonly DatasetProblem[]): readonly string[] {
  return problems.map(({ file, line, reason }) =>
    line === undefined ? `${file}: ${reason}` : `${file}:${line}: ${reason}`,
  );
}
