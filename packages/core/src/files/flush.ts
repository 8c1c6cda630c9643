/**
 * Makes written data survive a power cut. Windows cannot flush a folder or a file that was opened only for reading. There the names in a
 * folder are as durable as the file system makes them.
 */
import { closeSync, fsyncSync, openSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';

/** Flushes the names in a folder. @throws The error of the system. */
export function flushFolder(path: string, platform: NodeJS.Platform = process.platform): void {
  if (platform === 'win32') return;
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Flushes a file, or the names in a folder. Rejects with the error of the system. */
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
