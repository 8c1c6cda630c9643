/** The parts of a check of one file of vectors. */
import { messageOf } from '@loci/core';
import { z } from 'zod';
import { difference, show } from './compare.ts';
import type { Tolerance } from './compare.ts';
import type { Vector } from './vector-file.ts';

/** Describes what is wrong with the project's answer to a vector; `undefined` when nothing is. */
export type Check = (vector: Vector) => Promise<string | undefined>;

/**
 * Checks a function whose result is compared with `expected`. Where the reference raised an error the function must throw; the
 * wording is its own. A vector that asks for something unknown is no such case, whatever the reference did.
 */
export function checkResult(compute: (vector: Vector) => unknown, tolerance: Tolerance): Check {
  return async (vector) => {
    const mustFail = vector.expected === null && vector.referenceError !== undefined;
    try {
      const actual = await compute(vector);
      if (mustFail)
        return `gave ${show(actual)} where the reference fails: ${vector.referenceError}`;
      return difference(actual, vector.expected, tolerance);
    } catch (error) {
      if (error instanceof z.ZodError && asksForUnknown(error, vector.input)) throw error;
      return mustFail ? undefined : `failed: ${inOneLine(error)}`;
    }
  };
}

/** What went wrong, as one line; every issue of an input that is not of the expected form. */
export function inOneLine(error: unknown): string {
  if (!(error instanceof z.ZodError)) return messageOf(error);
  const issues = error.issues.map(({ path, message }) => [...path, message].join(': '));
  return issues.join('; ');
}

/** A field that is missing, or a name that is not among those that a field may hold, show which function is meant. */
function asksForUnknown({ issues }: z.ZodError, input: unknown): boolean {
  const names = ['invalid_union', 'invalid_value'];
  return issues.some(
    ({ code, path }) => names.includes(code) || valueAt(input, path) === undefined,
  );
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (part, key) => (part as Readonly<Record<PropertyKey, unknown>> | undefined)?.[key],
    value,
  );
}
