import type { DatasetProblem } from '../../spec/index.ts';

/** Problems named one by one; the rest are counted. */
const NAMED = 10;

/** What was wrong with the data, for people: a count, then the first few with the place to look. */
export function describeProblems(problems: readonly DatasetProblem[]): readonly string[] {
  if (problems.length === 0) return [];
  const named = problems.slice(0, NAMED).map(({ file, line, reason }) => {
    const place = line === undefined ? file : `${file}, line ${line}`;
    return `  ${place}: ${reason}`;
  });
  const rest = problems.length - named.length;
  return [
    `The training data has ${problems.length} problems; what they concern was left out:`,
    ...named,
    ...(rest > 0 ? [`  … and ${rest} more`] : []),
  ];
}
