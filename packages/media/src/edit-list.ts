/**
 * Reads edit lists of mp4 and mov files (ISO/IEC 14496-12, 8.6.6): the segments of a track that a player shows, and when. A cut made
 * without re-encoding keeps all frames from the key frame on, and hides those before the cut by such a list. The demuxer only shifts
 * times by it, so this file reads the list itself.
 */
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { bytesAt } from './file-bytes.ts';
import { boxesWithin, descend, named } from './iso-boxes.ts';
import type { Box } from './iso-boxes.ts';

/** A segment of a track, shown at its own speed: like FFmpeg, this reader ignores the speed in an edit. */
export interface Edit {
  /** When it begins on the player's clock, in seconds. */
  readonly start: number;
  /** Its first instant in the track, in ticks of the track. */
  readonly from: number;
  /** Ticks that are shown; Infinity: to the end of the track. */
  readonly ticks: number;
}

/** The edit list of a track. */
export interface TrackEdits {
  /** Without the pauses between them. */
  readonly edits: readonly Edit[];
  /** Ticks a second. */
  readonly timescale: number;
  /** Ticks that Mediabunny subtracts from the time of each frame. */
  readonly shift: number;
}

/** A stored entry. */
interface Entry {
  /** Ticks of the movie. */
  readonly duration: number;
  /** Ticks of the track; −1: nothing is shown. */
  readonly mediaTime: number;
  readonly rate: number;
}

/**
 * The edits of a track.
 *
 * @param trackId as in the track header.
 * @returns undefined when the track has no edit list and is shown whole.
 */
export async function readEdits(path: string, trackId: number): Promise<TrackEdits | undefined> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const movie = (await boxesWithin(file, { from: 0, to: size })).find(named('moov'));
    if (!movie) return undefined;
    const parts = await boxesWithin(file, movie);
    const movieScale = await timescaleOf(file, parts.find(named('mvhd')));
    for (const track of parts.filter(named('trak'))) {
      const id = await trackIdOf(file, await descend(file, track, ['tkhd']));
      if (id !== trackId) continue;
      const entries = await entriesOf(file, await descend(file, track, ['edts', 'elst']));
      const timescale = await timescaleOf(file, await descend(file, track, ['mdia', 'mdhd']));
      return entries.length === 0 || movieScale === 0 || timescale === 0
        ? undefined
        : editsOf(entries, movieScale, timescale);
    }
    return undefined;
  } finally {
    await file.close();
  }
}

function editsOf(entries: readonly Entry[], movieScale: number, timescale: number): TrackEdits {
  const ticksOf = (duration: number) => Math.round((duration / movieScale) * timescale);
  const edits: Edit[] = [];
  let elapsed = 0;
  for (const { duration, mediaTime } of entries) {
    if (mediaTime >= 0) {
      const start = elapsed / movieScale;
      // A header written before the file was complete has the duration 0.
      const ticks = duration === 0 ? Infinity : ticksOf(duration);
      edits.push({ start, from: mediaTime, ticks });
    }
    elapsed += duration;
  }
  const first = entries.findIndex(({ mediaTime }) => mediaTime !== -1);
  const before = entries.slice(0, Math.max(first, 0));
  const entry = entries[first];
  const pause = before.reduce((sum, { duration }) => sum + duration, 0);
  const shift = entry?.rate === 1 ? entry.mediaTime - ticksOf(pause) : 0;
  return { edits, timescale, shift };
}

/** Ticks a second in a movie header or a media header; 0 when it is missing. */
async function timescaleOf(file: FileHandle, box: Box | undefined): Promise<number> {
  const head = box ? await bytesAt(file, box.from, 24) : Buffer.alloc(0);
  if (head.length < 24) return 0;
  return head.readUInt32BE(head[0] === 1 ? 20 : 12);
}

async function trackIdOf(file: FileHandle, box: Box | undefined): Promise<number | undefined> {
  const head = box ? await bytesAt(file, box.from, 24) : Buffer.alloc(0);
  return head.length < 24 ? undefined : head.readUInt32BE(head[0] === 1 ? 20 : 12);
}

/** A longer list counts as damage. */
const MAX_ENTRIES = 10_000;

async function entriesOf(file: FileHandle, box: Box | undefined): Promise<readonly Entry[]> {
  if (!box) return [];
  const bytes = await bytesAt(file, box.from, Math.min(box.to - box.from, 8 + 20 * MAX_ENTRIES));
  if (bytes.length < 8) return [];
  const wide = bytes[0] === 1;
  const size = wide ? 20 : 12;
  if (bytes.readUInt32BE(4) > MAX_ENTRIES) {
    throw new Error(`its edit list of ${bytes.readUInt32BE(4)} entries is damaged`);
  }
  const count = Math.min(bytes.readUInt32BE(4), Math.floor((bytes.length - 8) / size));
  return Array.from({ length: count }, (_, index) => {
    const at = 8 + index * size;
    const rate = bytes.readInt32BE(at + size - 4) / 2 ** 16;
    return wide
      ? {
          duration: Number(bytes.readBigUInt64BE(at)),
          mediaTime: Number(bytes.readBigInt64BE(at + 8)),
          rate,
        }
      : { duration: bytes.readUInt32BE(at), mediaTime: bytes.readInt32BE(at + 4), rate };
  });
}
