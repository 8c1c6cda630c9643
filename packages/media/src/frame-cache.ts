/** Keeps decoded frames in memory, so that the epochs after the first do not decode them again. */
import type { Clip } from './picture.ts';

/** Keeps frames by key and evicts the least recently used. */
export interface FrameCache {
  /** Frames of the key; concurrent calls share one read. A failed read is not kept. */
  get(key: string, read: () => Promise<Clip>): Promise<Clip>;
}

interface Entry {
  readonly clip: Promise<Clip>;
  bytes: number;
}

/** Bytes of the pixels of a clip. */
export function clipBytes({ frames }: Clip): number {
  return frames.reduce((sum, { pixels }) => sum + pixels.byteLength, 0);
}

/**
 * A cache in memory.
 *
 * @param maxBytes limit for the pixels kept; 0 keeps nothing.
 * @param below a slower cache, such as one on disk, that is tried before reading.
 */
export function createFrameCache(maxBytes: number, below?: FrameCache): FrameCache {
  const entries = new Map<string, Entry>();
  let total = 0;

  const drop = (key: string, entry: Entry) => {
    if (entries.get(key) !== entry) return;
    entries.delete(key);
    total -= entry.bytes;
  };
  const settle = (key: string, entry: Entry, clip: Clip) => {
    entry.bytes = clipBytes(clip);
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
        return held.clip;
      }
      const entry: Entry = { clip: below ? below.get(key, read) : read(), bytes: 0 };
      entries.set(key, entry);
      entry.clip.then(
        (clip) => settle(key, entry, clip),
        () => drop(key, entry),
      );
      return entry.clip;
    },
  };
}
