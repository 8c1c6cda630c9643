import { LociError, messageOf } from '../errors/loci-error.ts';

/**
 * The error for a file or folder that could not be written: `disk-full`, or `not-writable` with what the system said. A
 * LociError stays what it is.
 *
 * @example try { await writeFile(path, bytes); } catch (thrown) { throw writeError(path, thrown); }
 */
export function writeError(path: string, thrown: unknown): LociError {
  if (LociError.is(thrown)) return thrown;
  const full = (thrown as { readonly code?: unknown } | null)?.code === 'ENOSPC';
  return full
    ? new LociError('disk-full', `No space is left to write ${path}; free some, then resume`, {
        cause: thrown,
      })
    : new LociError('not-writable', `Cannot write ${path}: ${messageOf(thrown)}`, {
        cause: thrown,
      });
}

/** Runs file work; a full disk or a folder that refuses becomes one clear error. */
export function writingTo<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    throw writeError(path, thrown);
  }
}
