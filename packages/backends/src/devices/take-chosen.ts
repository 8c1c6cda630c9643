/** Takes what was asked for or says what it lacks; for `auto` the first that is there, with the reasons against those before it. */
import { LociError } from '@loci/core';
import type { Missing } from './missing.ts';

/** What was taken. */
export interface Taken<Name extends string, Found> {
  readonly name: Name;
  readonly found: Found;
  /** Why this one, for people to read. */
  readonly why: string;
}

/**
 * Looks for what was chosen.
 *
 * @param kind what it is one of, such as `ONNX provider`.
 * @param automatic what `auto` considers, in this order; the last is the one that needs least.
 * @throws LociError `engine-unavailable` with what is missing and what helps.
 */
export async function takeChosen<Name extends string, Found extends object>(
  kind: string,
  choice: 'auto' | Name,
  automatic: readonly Name[],
  find: (name: Name) => Promise<Found | Missing>,
): Promise<Taken<Name, Found>> {
  if (choice !== 'auto') {
    const found = await find(choice);
    if (!('missing' in found)) return { name: choice, found, why: 'as asked' };
    throw new LociError(
      'engine-unavailable',
      `the ${kind} "${choice}" cannot be had: ${found.missing}. What helps: ${found.help}`,
    );
  }
  const lacking: Missing[] = [];
  for (const name of automatic) {
    const found = await find(name);
    if (!('missing' in found)) {
      const against = lacking.length > 0 ? `: ${reasonsOf(lacking)}` : '';
      return { name, found, why: `first of those that are there${against}` };
    }
    lacking.push(found);
  }
  // The last one needs least.
  throw new LociError(
    'engine-unavailable',
    `no ${kind} starts here: ${reasonsOf(lacking)}. What helps: ${lacking.at(-1)?.help}`,
  );
}

/** One reason may hold for several. */
function reasonsOf(lacking: readonly Missing[]): string {
  return [...new Set(lacking.map(({ missing }) => missing))].join('; ');
}
