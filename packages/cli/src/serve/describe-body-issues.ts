import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** Most issues to list, since a batch of thousands would repeat the same one. */
const LISTED = 5;

/** Describes the issues of a body, each with its key path: `items.0.sample.solution: expected string`. */
export function describeBodyIssues(issues: readonly Issue[]): string {
  const lines = issues.slice(0, LISTED).map(({ path, message }) => {
    const place = path.map(String).join('.');
    const words = message.replace(
      /^Invalid input: expected (\w+), received undefined$/,
      'is missing; it must be given ($1)',
    );
    return place === '' ? words : `${place}: ${words}`;
  });
  const left = issues.length - lines.length;
  return left > 0 ? `${lines.join('; ')}; and ${left} more` : lines.join('; ');
}
