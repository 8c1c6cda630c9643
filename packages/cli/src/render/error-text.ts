import { LociError, missingPackage } from '@loci/core';

/**
 * What a person reads when a command fails. A `LociError` is an expected failure: its message says what to do, so it is all
 * that is shown, with its code for searching. Anything else is a defect of Loci, and shows its stack.
 */
export function errorText(thrown: unknown): string {
  if (LociError.is(thrown)) return `error ${thrown.code}: ${thrown.message}`;
  const missing = missingPackage(thrown);
  if (missing !== undefined) return `error package-missing: ${missing}`;
  const stack = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return `unexpected error, please report it:\n${stack}`;
}
