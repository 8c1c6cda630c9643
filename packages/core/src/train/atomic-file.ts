import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { writeError } from '../errors/write-error.ts';
import { writingTo } from '../metrics/append-file.ts';

/**
 * Writes a file so that it is there whole or not at all, also after a power cut: beside it first, synced, then renamed.
 *
 * @throws LociError `disk-full`, `not-writable`.
 */
export function writeFileWhole(path: string, content: string | Uint8Array): void {
  const beside = `${path}.tmp`;
  writingTo(path, () => mkdirSync(dirname(path), { recursive: true }));
  try {
    writeFileSync(beside, content, { flush: true });
    renameSync(beside, path);
  } catch (thrown) {
    rmSync(beside, { force: true });
    throw writeError(path, thrown);
  }
  syncFolder(dirname(path));
}

/** Makes the names in a folder durable. */
function syncFolder(path: string): void {
  writingTo(path, () => {
    const descriptor = openSync(path, 'r');
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  });
}
