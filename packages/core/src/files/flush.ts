/**
 * Makes what was written outlast a power cut. Windows flushes no folder, because it opens none for writing, and no file that was opened for reading
 * alone; the names in a folder are then as durable as its file system makes them.
 */
import { closeSync, fsyncSync, openSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';

/** Flushes the names in a folder. @throws what the system says. */
export function flushFolder(path: string, platform: NodeJS.Platform = process.platform): void {
  if (platform === 'win32') return;
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Flushes a file, or the names in a folder. Rejects with what the system says. */
export async function flush(
  path: string,
  platform: NodeJS.Platform = process.platform,
): Promise<void> {
  if (statSync(path).isDirectory()) return flushFolder(path, platform);
  const file = await open(path, platform === 'win32' ? 'r+' : 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
