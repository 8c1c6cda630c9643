import { LociError, missingPackage } from '@loci/core';

/**
 * The text for a failed command. A `LociError` is an expected failure: its message has the remedy, so only it is shown, with its code
 * for searching. Any other error is a defect of Loci, and is shown with its stack.
 */
export function errorText(thrown: unknown): string {
  if (LociError.is(thrown)) return `error ${thrown.code}: ${thrown.message}`;
  const missing = missingPackage(thrown);
  if (missing !== undefined) return `error package-missing: ${missing}`;
  const stack = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return `unexpected error, please report it:\n${stack}`;
}
