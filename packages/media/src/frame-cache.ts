/** Decoded frames kept in memory, so that the epochs after the first do not decode again. */
import type { Clip } from './picture.ts';

/** Where frames are kept by key, least recently used first out. */
export interface FrameCache {
  /** Frames of the key, read once however many ask at the same time. A failed read is not kept. */
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
 * @param maxBytes of pixels that are kept; 0 keeps nothing.
 * @param below where what is not in memory is looked for before it is read, such as a cache on disk.
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
