import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';

/**
 * Writes a file's own content over it again and again, so that its time, by the clock of its file system, tells that this process
 * lives. Does nothing when the file is gone, and keeps no process from ending.
 *
 * @returns what ends it.
 */
export function startHeartbeat(path: string, everyMs: number): () => void {
  const timer = setInterval(() => {
    try {
      const content = readFileSync(path);
      const descriptor = openSync(path, 'r+');
      try {
        writeSync(descriptor, content, 0, content.length, 0);
      } finally {
        closeSync(descriptor);
      }
    } catch {
      // The folder is gone: who writes to it next finds out, and says so.
    }
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
