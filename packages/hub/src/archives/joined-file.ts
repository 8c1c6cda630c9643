/** Reads the parts of a split file as one file. */
import { createReadStream, statSync } from 'node:fs';
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { RandomAccessReader } from 'yauzl';

/** The size of all parts together, in bytes. */
export function joinedSize(parts: readonly string[]): number {
  return parts.reduce((sum, path) => sum + statSync(path).size, 0);
}

/** The bytes from `start` up to and without `end`. */
export async function* joinedBytes(
  parts: readonly string[],
  start = 0,
  end = Number.POSITIVE_INFINITY,
): AsyncIterable<Buffer> {
  let before = 0;
  for (const path of parts) {
    const { size } = statSync(path);
    const [from, to] = [Math.max(0, start - before), Math.min(size, end - before)];
    if (from < to)
      yield* createReadStream(path, { start: from, end: to - 1 }) as AsyncIterable<Buffer>;
    before += size;
  }
}

/** The parts of a zip file for `yauzl`, which reads at any position. */
export class JoinedReader extends RandomAccessReader {
  readonly #parts: readonly string[];

  constructor(parts: readonly string[]) {
    super();
    this.#parts = parts;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    const through = new PassThrough();
    void pipeline(Readable.from(joinedBytes(this.#parts, start, end)), through).catch(
      () => undefined, // The reader of the stream gets the error.
    );
    return through;
  }
}
