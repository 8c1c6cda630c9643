/** Follows a file that another process appends lines to: each call reads the lines since the last one, and notices when the file was rewritten. */
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';

/** A whole line, without its end. */
export interface TailLine {
  readonly text: string;
  /** First byte of the line in its file. */
  readonly start: number;
  /** Bytes of the line, its end left out. */
  readonly length: number;
}

const CHUNK = 1 << 20;
/** The last bytes that were read: other bytes in their place mean another file. */
const MARK = 64;

/** A growing file. A line counts once its end is written. */
export class TailFile {
  readonly path: string;
  #generation = 0;
  #read = 0;
  #size = 0;
  #mark = Buffer.alloc(0);

  constructor(path: string) {
    this.path = path;
  }

  /** Goes up when the file was cut, replaced or removed: earlier lines are then invalid. */
  get generation(): number {
    return this.#generation;
  }

  /** Bytes of the lines that were read. */
  get read(): number {
    return this.#read;
  }

  /** Size of the file at the last call. */
  get size(): number {
    return this.#size;
  }

  /**
   * Yields the lines since the last call in batches. It first calls `begin` where it has to read the file from its start. A missing file has no
   * lines.
   */
  async *lines(begin: () => void): AsyncGenerator<readonly TailLine[], void, undefined> {
    let file: FileHandle | undefined;
    try {
      file = await openIfThere(this.path);
      this.#size = file === undefined ? 0 : (await file.stat()).size;
      if (!(await this.#isSame(file))) {
        this.#generation++;
        [this.#read, this.#mark] = [0, Buffer.alloc(0)];
        begin();
      }
      if (file !== undefined) yield* this.#rest(file);
    } finally {
      await file?.close();
    }
  }

  async #isSame(file: FileHandle | undefined): Promise<boolean> {
    if (this.#read === 0) return true;
    if (file === undefined || this.#size < this.#read) return false;
    const now = Buffer.alloc(this.#mark.length);
    await file.read(now, 0, now.length, this.#read - now.length);
    return now.equals(this.#mark);
  }

  async *#rest(file: FileHandle): AsyncGenerator<readonly TailLine[], void, undefined> {
    let rest = Buffer.alloc(0);
    let position = this.#read;
    while (position < this.#size) {
      const chunk = Buffer.alloc(Math.min(CHUNK, this.#size - position));
      const { bytesRead } = await file.read(chunk, 0, chunk.length, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      const bytes = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
      const lines: TailLine[] = [];
      let from = 0;
      for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
        const start = this.#read + from;
        lines.push({ text: bytes.toString('utf8', from, end), start, length: end - from });
        from = end + 1;
      }
      rest = bytes.subarray(from);
      if (from === 0) continue;
      this.#mark = Buffer.concat([this.#mark, bytes.subarray(0, from)]).subarray(-MARK);
      yield lines;
      this.#read += from;
    }
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw thrown;
  }
}

/** Reads the bytes of lines again, from one opened file. */
export async function readLines(
  path: string,
  lines: readonly Pick<TailLine, 'start' | 'length'>[],
): Promise<readonly string[]> {
  const file = await open(path, 'r');
  try {
    return await Promise.all(
      lines.map(async ({ start, length }) => {
        const bytes = Buffer.alloc(length);
        await file.read(bytes, 0, length, start);
        return bytes.toString('utf8');
      }),
    );
  } finally {
    await file.close();
  }
}
