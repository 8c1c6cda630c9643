import type { DatasetProblem } from '@loci/core';

/** One line per problem of data: `file:line: key: reason`, which editors and terminals turn into links. */
export function problemLines(problems: readonly DatasetProblem[]): readonly string[] {
  return problems.map(({ file, line, key, reason }) => {
    const place = line === undefined ? file : `${file}:${line}`;
    return key === undefined ? `${place}: ${reason}` : `${place}: ${key}: ${reason}`;
  });
}
