import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';

/**
 * Overwrites a file with its own content regularly, so that its time, by the clock of its file system, shows that this process is alive. It
 * does nothing when the file is gone, and does not keep the process alive.
 *
 * @returns A function that ends it.
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
      // The folder is gone. The next write to it reports that.
    }
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
