/** Files that appear whole or not at all, also when the process is killed or the disk is full. */
import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { writeError } from '../errors/write-error.ts';

/**
 * Writes the pieces to a temporary file beside the target, flushes it to disk and renames it into place. Several may write the same
 * target at once: the last to be done stays.
 *
 * @throws LociError `disk-full` or `not-writable`; the target is then what it was before.
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
 * Writes a value as JSON.
 *
 * @param indent spaces a level.
 * @throws LociError `disk-full` or `not-writable`; the target is then what it was before.
 */
export async function writeJsonAtomically(path: string, value: unknown, indent = 2): Promise<void> {
  const text = `${JSON.stringify(value, null, indent)}\n`;
  await writeFileAtomically(path, [new TextEncoder().encode(text)]);
}
