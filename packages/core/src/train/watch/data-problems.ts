import type { DatasetProblem } from '../../spec/index.ts';

/** Problems named one by one; the rest are counted. */
const NAMED = 10;

/** The problems of the data, for people: a count, then the first few with file and line. */
export function describeProblems(problems: readonly DatasetProblem[]): readonly string[] {
  if (problems.length === 0) return [];
  const named = problems.slice(0, NAMED).map(({ file, line, reason }) => {
    const place = line === undefined ? file : `${file}, line ${line}`;
    return `  ${place}: ${reason}`;
  });
  const rest = problems.length - named.length;
  return [
    `The training data has ${problems.length} problems; the entries that they concern were left out:`,
    ...named,
    ...(rest > 0 ? [`  … and ${rest} more`] : []),
  ];
}
