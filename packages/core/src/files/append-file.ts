/**
 * Files of a run that grow. Bytes go through `writeSync` on an append descriptor, so a killed process loses no acknowledged bytes. An
 * incomplete last line is cut off when the run resumes.
 */
import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { writingTo } from './write-error.ts';

/** A file that only grows. */
export class AppendFile {
  readonly path: string;
  readonly #descriptor: number;
  #open = true;

  constructor(path: string) {
    this.path = path;
    this.#descriptor = writingTo(path, () => {
      mkdirSync(dirname(path), { recursive: true });
      return openSync(path, 'a');
    });
  }

  /** @throws LociError `disk-full`, `not-writable`; a part of `bytes` may then be in the file. */
  append(bytes: Uint8Array | string): void {
    const buffer = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
    writingTo(this.path, () => {
      for (let offset = 0; offset < buffer.length;) {
        offset += writeSync(this.#descriptor, buffer, offset);
      }
    });
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    closeSync(this.#descriptor);
  }
}

/** Cuts a file to its first `size` bytes. */
export function cutFile(path: string, size: number): void {
  writingTo(path, () => {
    truncateSync(path, size);
  });
}

/**
 * Keeps the lines of a JSONL file up to the last complete one with a step of at most `lastStep`, and cuts off the rest: lines of an
 * interrupted run beyond its checkpoint, and an incomplete last line. Steps are in order, so the file is read from its end and only as far
 * as it is cut; the rollouts of a long run may be larger than memory.
 */
export function keepLinesThrough(path: string, lastStep: number): void {
  if (!existsSync(path)) return;
  const descriptor = openSync(path, 'r');
  let size: number;
  let kept = 0;
  try {
    ({ size } = fstatSync(descriptor));
    let isWhole = false;
    for (const { start, bytes } of linesFromEnd(descriptor, size)) {
      if (isWhole && stepOf(bytes.toString('utf8')) <= lastStep) {
        kept = start + bytes.length + 1;
        break;
      }
      isWhole = true;
    }
  } finally {
    closeSync(descriptor);
  }
  if (kept < size) cutFile(path, kept);
}

/** Bytes of one read. */
const PIECE = 1 << 20;

/** The lines of a file in reverse order, without their line feeds; the first item is the text after the last line feed. */
function* linesFromEnd(
  descriptor: number,
  size: number,
): Generator<{ readonly start: number; readonly bytes: Buffer }, void, undefined> {
  let rest = Buffer.alloc(0);
  for (let from = size; from > 0;) {
    const piece = Buffer.alloc(Math.min(PIECE, from));
    from -= piece.length;
    readSync(descriptor, piece, 0, piece.length, from);
    rest = Buffer.concat([piece, rest]);
    for (let feed = rest.lastIndexOf(0x0a); feed >= 0; feed = rest.lastIndexOf(0x0a)) {
      yield { start: from + feed + 1, bytes: rest.subarray(feed + 1) };
      rest = rest.subarray(0, feed);
    }
  }
  yield { start: 0, bytes: rest };
}

function stepOf(line: string): number {
  try {
    const { step } = JSON.parse(line) as { readonly step?: unknown };
    return typeof step === 'number' ? step : Number.POSITIVE_INFINITY;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
