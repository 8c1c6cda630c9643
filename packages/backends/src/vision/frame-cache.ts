/** Decoded frames kept in memory, so that the epochs after the first do not decode again. */
import type { Picture } from './picture.ts';

/** A cache of frames by key, least recently used first out. */
export interface FrameCache {
  /** Frames of the key, read once however many ask at the same time. A failed read is not kept. */
  get(key: string, read: () => Promise<readonly Picture[]>): Promise<readonly Picture[]>;
}

interface Entry {
  readonly frames: Promise<readonly Picture[]>;
  bytes: number;
}

/** @param maxBytes of pixels that are kept; 0 keeps nothing. */
export function createFrameCache(maxBytes: number): FrameCache {
  const entries = new Map<string, Entry>();
  let total = 0;

  const drop = (key: string, entry: Entry) => {
    if (entries.get(key) !== entry) return;
    entries.delete(key);
    total -= entry.bytes;
  };
  const settle = (key: string, entry: Entry, frames: readonly Picture[]) => {
    entry.bytes = frames.reduce((sum, { pixels }) => sum + pixels.byteLength, 0);
    total += entry.bytes;
    for (const [oldest, held] of entries) {
      if (total <= maxBytes) break;
      // Frames that are still being read weigh nothing yet.
      if (held.bytes > 0) drop(oldest, held);
    }
    if (entry.bytes === 0) drop(key, entry);
  };

  return {
    get(key, read) {
      const held = entries.get(key);
      if (held) {
        entries.delete(key);
        entries.set(key, held);
        return held.frames;
      }
      const entry: Entry = { frames: read(), bytes: 0 };
      entries.set(key, entry);
      entry.frames.then(
        (frames) => settle(key, entry, frames),
        () => drop(key, entry),
      );
      return entry.frames;
    },
  };
}
