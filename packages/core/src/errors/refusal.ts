import { LociError } from './loci-error.ts';

/**
 * Codes of errors that concern one sample: its prompt does not fit, its file cannot be read, its text has placeholders, or a server chooses
 * its frames.
 */
const OF_ONE_SAMPLE: ReadonlySet<string> = new Set([
  'prompt-too-long',
  'media-unreadable',
  'media-mismatch',
  'frames-not-ours',
]);

/** Whether an error of encoding means that this sample must be skipped; any other error is a failure of the run. */
export function isRefusal(thrown: unknown): thrown is LociError {
  return LociError.is(thrown) && OF_ONE_SAMPLE.has(thrown.code);
}
