import { LociError, messageOf } from '../errors/loci-error.ts';

/** Codes of a full disk, or a spent quota. */
const FULL: readonly unknown[] = ['ENOSPC', 'EDQUOT'];

/**
 * The error for a file or folder that could not be written: `disk-full`, or `not-writable` with the system's message and, for a file above the
 * size limit, the remedy. A LociError is returned unchanged.
 *
 * @example try { await writeFile(path, bytes); } catch (thrown) { throw writeError(path, thrown); }
 */
export function writeError(path: string, thrown: unknown): LociError {
  if (LociError.is(thrown)) return thrown;
  const code = (thrown as { readonly code?: unknown } | null)?.code;
  if (FULL.includes(code)) {
    const whose = code === 'EDQUOT' ? ' in the quota of this account' : '';
    return new LociError(
      'disk-full',
      `No space is left${whose} to write ${path}; free some, then resume`,
      { cause: thrown },
    );
  }
  const remedy =
    code === 'EFBIG'
      ? '. Raise the limit on file sizes (ulimit -f), or use a file system that allows larger files, then resume'
      : '';
  return new LociError('not-writable', `Cannot write ${path}: ${messageOf(thrown)}${remedy}`, {
    cause: thrown,
  });
}

/** Runs file work and converts its errors with `writeError`. */
export function writingTo<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    throw writeError(path, thrown);
  }
}
