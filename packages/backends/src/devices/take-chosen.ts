/** Takes the chosen device, or fails with what it lacks; `auto` takes the first that works, with the reasons against those before it. */
import { LociError } from '@loci/core';
import type { Missing } from './missing.ts';

/** The device taken. */
export interface Taken<Name extends string, Found> {
  readonly name: Name;
  readonly found: Found;
  /** The reason for this one, in words. */
  readonly why: string;
}

/**
 * Looks for the chosen device.
 *
 * @param kind its kind, such as `ONNX provider`.
 * @param automatic the names that `auto` tries, in order; the last needs least.
 * @throws LociError `engine-unavailable` with what is missing and how to get it.
 */
export async function takeChosen<Name extends string, Found extends object>(
  kind: string,
  choice: 'auto' | Name,
  automatic: readonly Name[],
  find: (name: Name) => Promise<Found | Missing>,
): Promise<Taken<Name, Found>> {
  if (choice !== 'auto') {
    const found = await find(choice);
    if (!('missing' in found)) return { name: choice, found, why: 'as chosen' };
    throw new LociError(
      'engine-unavailable',
      `the ${kind} "${choice}" is not available: ${found.missing}. Fix: ${found.help}`,
    );
  }
  const lacking: Missing[] = [];
  for (const name of automatic) {
    const found = await find(name);
    if (!('missing' in found)) {
      const against = lacking.length > 0 ? `; passed over: ${reasonsOf(lacking)}` : '';
      return { name, found, why: `the first available${against}` };
    }
    lacking.push(found);
  }
  // The last one needs least.
  throw new LociError(
    'engine-unavailable',
    `no ${kind} starts here: ${reasonsOf(lacking)}. Fix: ${lacking.at(-1)?.help}`,
  );
}

/** One reason may hold for several. */
function reasonsOf(lacking: readonly Missing[]): string {
  return [...new Set(lacking.map(({ missing }) => missing))].join('; ');
}
