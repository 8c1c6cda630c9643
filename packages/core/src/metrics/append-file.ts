/**
 * Files of a run that grow. Bytes go through one `writeSync` on an append descriptor, so a killed process loses nothing that
 * was acknowledged; what an interrupted line left behind is cut off when the file is opened again.
 */
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { writeError } from '../errors/write-error.ts';

/** Runs file work; a full disk or a folder that refuses becomes one clear error. */
export function writingTo<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    throw writeError(path, thrown);
  }
}

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

  /** @throws LociError `disk-full`, `not-writable`; what was written of `bytes` by then is cut off on the next open. */
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
 * Keeps the leading lines of a JSONL file that belong to a step of at most `lastStep`, and cuts off the rest: lines of an
 * interrupted run beyond its checkpoint, and a last line that was not finished.
 */
export function keepLinesThrough(path: string, lastStep: number): void {
  if (!existsSync(path)) return;
  const bytes = readFileSync(path);
  let kept = 0;
  while (kept < bytes.length) {
    const end = bytes.indexOf(0x0a, kept);
    if (end < 0 || stepOf(bytes.toString('utf8', kept, end)) > lastStep) break;
    kept = end + 1;
  }
  if (kept < bytes.length) cutFile(path, kept);
}

function stepOf(line: string): number {
  try {
    const { step } = JSON.parse(line) as { readonly step?: unknown };
    return typeof step === 'number' ? step : Number.POSITIVE_INFINITY;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
