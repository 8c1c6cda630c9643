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
 * @param automatic what `auto` considers, in this order; one of them is always there.
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
  const reasons: string[] = [];
  for (const name of automatic) {
    const found = await find(name);
    if (!('missing' in found)) {
      const against = reasons.length > 0 ? `: ${reasons.join('; ')}` : '';
      return { name, found, why: `first of those that are there${against}` };
    }
    reasons.push(found.missing);
  }
  throw new LociError('engine-unavailable', `no ${kind} starts here: ${reasons.join('; ')}`);
}
