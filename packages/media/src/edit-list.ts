/**
 * Edit lists of mp4 and mov files (ISO/IEC 14496-12, 8.6.6): which stretches of a track a player shows, and when. A cut made without
 * encoding anew keeps all frames from the key frame on and hides those before the cut in such a list. The demuxer only shifts times by
 * it, so this file reads the list itself.
 */
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { boxesWithin, bytesAt, descend, named } from './iso-boxes.ts';
import type { Box } from './iso-boxes.ts';

/** A stretch of a track, shown at its own speed: FFmpeg passes over the speed that an edit may ask for. */
export interface Edit {
  /** When the player begins with it, in seconds. */
  readonly start: number;
  /** First instant of the track that is shown, in ticks of the track. */
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
  /** What Mediabunny takes off the ticks of each frame. */
  readonly shift: number;
}

/** An entry as it is stored. */
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
 * @param trackId as the track header gives it.
 * @returns undefined when the track has no edit list: everything is shown.
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
      // A duration of 0 is that of a file which was not yet complete when its header was written.
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

/** Ticks a second, of a movie header or a media header; 0 when it is not there. */
async function timescaleOf(file: FileHandle, box: Box | undefined): Promise<number> {
  const head = box ? await bytesAt(file, box.from, 24) : Buffer.alloc(0);
  if (head.length < 24) return 0;
  return head.readUInt32BE(head[0] === 1 ? 20 : 12);
}

async function trackIdOf(file: FileHandle, box: Box | undefined): Promise<number | undefined> {
  const head = box ? await bytesAt(file, box.from, 24) : Buffer.alloc(0);
  return head.length < 24 ? undefined : head.readUInt32BE(head[0] === 1 ? 20 : 12);
}

/** A longer list is taken for damage. */
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
