/** Reads a file that another program appends to: each call returns the complete lines since the last one. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Bytes that are read at once. */
const PIECE = 1 << 20;

/** New lines of a file. */
export interface FilePiece {
  /** Whole lines, without their ends. */
  readonly lines: readonly string[];
  readonly exists: boolean;
}

/** Remembers how far a file was read. A file that was replaced or truncated is read from its start. */
export class GrowingFile {
  readonly #path: string;
  #offset = 0;
  #inode: number | undefined;

  /** @param offset in bytes, at which an earlier reader ended. */
  constructor(path: string, offset = 0) {
    this.#path = path;
    this.#offset = offset;
  }

  /** Bytes that were read, up to the end of the last complete line. */
  get offset(): number {
    return this.#offset;
  }

  /** @throws Error of the file system, except for a file that does not exist yet. */
  read(): FilePiece {
    let descriptor: number;
    try {
      descriptor = openSync(this.#path, 'r');
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return { lines: [], exists: false };
      throw thrown;
    }
    try {
      const { size, ino } = fstatSync(descriptor);
      const isAnother = this.#inode !== undefined && ino !== this.#inode;
      if (isAnother || size < this.#offset) this.#offset = 0;
      this.#inode = ino;
      const pieces: Buffer[] = [];
      for (let at = this.#offset; at < size;) {
        const piece = Buffer.alloc(Math.min(PIECE, size - at));
        const read = readSync(descriptor, piece, 0, piece.length, at);
        if (read === 0) break;
        pieces.push(piece.subarray(0, read));
        at += read;
      }
      const bytes = Buffer.concat(pieces);
      const end = bytes.lastIndexOf(0x0a) + 1;
      this.#offset += end;
      if (end === 0) return { lines: [], exists: true };
      return { lines: bytes.toString('utf8', 0, end - 1).split('\n'), exists: true };
    } finally {
      closeSync(descriptor);
    }
  }
}
