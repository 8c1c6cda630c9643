import { LociError } from './loci-error.ts';

/**
 * What is wrong with the sample and not with the run: its prompt does not fit, its file cannot be read, its text has
 * placeholders, its frames are not ours to change.
 */
const REFUSALS: ReadonlySet<string> = new Set([
  'prompt-too-long',
  'media-unreadable',
  'media-mismatch',
  'frames-not-ours',
]);

/** Whether a sample cannot be asked of this policy; anything else that goes wrong while encoding it is a failure. */
export function isRefusal(thrown: unknown): thrown is LociError {
  return LociError.is(thrown) && REFUSALS.has(thrown.code);
}
