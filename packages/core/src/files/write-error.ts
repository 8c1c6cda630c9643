import { LociError, messageOf } from '../errors/loci-error.ts';

/** What the system says when space is used up: of the disk, or of what this account may have of it. */
const FULL: readonly unknown[] = ['ENOSPC', 'EDQUOT'];

/**
 * The error for a file or folder that could not be written: `disk-full`, or `not-writable` with what the system said and, for a file that may
 * not be so large, what to raise. A LociError stays what it is.
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
      ? '. Raise the limit on the size of a file (ulimit -f), or take a file system that holds larger ones, then resume'
      : '';
  return new LociError('not-writable', `Cannot write ${path}: ${messageOf(thrown)}${remedy}`, {
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
