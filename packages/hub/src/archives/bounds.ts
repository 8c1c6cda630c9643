/** Limits on what an archive may unpack to: archives come from strangers. */
import { LociError } from '@loci/core';
import { isInside } from '../reference.ts';
import { sizeText } from '../sizes.ts';

/** The most files and bytes that one archive may hold. */
export interface Bounds {
  readonly files: number;
  /** Unpacked, in all. */
  readonly bytes: number;
}

/** Videos and images are compressed already and hardly shrink. Annotations shrink to a tenth. */
const MOST_GROWTH = 20;
const LEAST_BYTES = 1e9;
const MOST_FILES = 2_000_000;

/** The bounds of an archive of this packed size. */
export function boundsOf(packedBytes: number): Bounds {
  return { files: MOST_FILES, bytes: Math.max(LEAST_BYTES, MOST_GROWTH * packedBytes) };
}

/** Counts the files and bytes unpacked from one archive. */
export class Bounded {
  readonly #archive: string;
  readonly #bounds: Bounds;
  files = 0;
  bytes = 0;
  /** Links and devices, which are left out. */
  skipped = 0;

  constructor(archive: string, bounds: Bounds) {
    this.#archive = archive;
    this.#bounds = bounds;
  }

  /**
   * Counts a further file.
   *
   * @returns its path below the folder; undefined for files that operating systems add, such as `.DS_Store`.
   * @throws LociError `archive-path`, `archive-large`.
   */
  file(name: string): string | undefined {
    const path = name.replaceAll('\\', '/').replace(/^(?:\.\/+)+/u, '');
    if (!isInside(path) || path === '') {
      throw new LociError(
        'archive-path',
        `${this.#archive} holds ${JSON.stringify(name)}, which would lie outside of its folder: the archive is not used`,
      );
    }
    if (/(?:^|\/)(?:__MACOSX\/|\.DS_Store$|\._)/u.test(path)) return undefined;
    if (++this.files > this.#bounds.files) throw this.#large(`${this.#bounds.files} files`);
    return path;
  }

  /** Counts further bytes. @throws LociError `archive-large`. */
  grow(bytes: number): void {
    this.bytes += bytes;
    if (this.bytes > this.#bounds.bytes) throw this.#large(sizeText(this.#bounds.bytes));
  }

  #large(most: string): LociError {
    return new LociError(
      'archive-large',
      `${this.#archive} unpacks to more than ${most}, too much for an archive of its size: the archive is not used. ` +
        'If you trust it, unpack it by hand and name the folder',
    );
  }
}
