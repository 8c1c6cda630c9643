/** Writes files completely or not at all, also when the process is killed or the disk is full. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { flushFolder } from './flush.ts';
import { writeError, writingTo } from './write-error.ts';

/**
 * Writes a file completely or not at all, also across a power cut: writes a temporary file beside it, flushes it and renames it. Only one
 * process at a time may write the file. Missing folders are created.
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

/**
 * Writes the pieces to a temporary file beside the target, flushes it to disk and renames it into place. Several writers may write the same
 * target at once; the last one to finish wins.
 *
 * @throws LociError `disk-full` or `not-writable`; the target is then unchanged. An error of `pieces` that is not a LociError counts as
 * `not-writable`.
 * @example await writeFileAtomically('model.safetensors', [header, tensor]);
 */
export async function writeFileAtomically(
  path: string,
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, 'w');
    try {
      for await (const piece of pieces) await file.writeFile(piece);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw writeError(path, cause);
  }
}

/**
 * Writes a value as JSON with `writeFileAtomically`.
 *
 * @param indent Spaces of each level.
 * @throws LociError `disk-full` or `not-writable`; the target is then unchanged.
 * @example await writeJsonAtomically('config.json', { hidden_size: 64 });
 */
export async function writeJsonAtomically(path: string, value: unknown, indent = 2): Promise<void> {
  const text = `${JSON.stringify(value, null, indent)}\n`;
  await writeFileAtomically(path, [new TextEncoder().encode(text)]);
}

/** Makes the names in a folder durable. */
function syncFolder(path: string): void {
  writingTo(path, () => flushFolder(path));
}
