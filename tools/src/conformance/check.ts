/** What it takes to check one file of vectors. */
import { messageOf } from '@loci/core';
import { difference } from './compare.ts';
import type { Tolerance } from './compare.ts';
import type { Vector } from './vector-file.ts';

/** Tells what is wrong with the project's answer to a vector; `undefined` when nothing is. */
export type Check = (vector: Vector) => Promise<string | undefined>;

/**
 * Checks a function whose result is compared with `expected`. Where the reference raised an error the function must throw; the
 * wording is its own.
 */
export function checkResult(compute: (vector: Vector) => unknown, tolerance: Tolerance): Check {
  return async (vector) => {
    const mustFail = vector.expected === null && vector.referenceError !== undefined;
    try {
      const actual = await compute(vector);
      if (mustFail)
        return `gave ${String(actual)} where the reference fails: ${vector.referenceError}`;
      return difference(actual, vector.expected, tolerance);
    } catch (error) {
      return mustFail ? undefined : `failed: ${messageOf(error)}`;
    }
  };
}
