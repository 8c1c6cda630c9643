import type { DatasetProblem } from '@loci/core';

/** One line for each thing that is wrong with data: `file:line: key: reason`, as editors and terminals follow it. */
export function problemLines(problems: readonly DatasetProblem[]): readonly string[] {
  return problems.map(({ file, line, key, reason }) => {
    const place = line === undefined ? file : `${file}:${line}`;
    return key === undefined ? `${place}: ${reason}` : `${place}: ${key}: ${reason}`;
  });
}
