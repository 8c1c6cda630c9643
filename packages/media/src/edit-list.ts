/**
 * Edit lists of mp4 and mov files (ISO/IEC 14496-12, 8.6.6): which stretches of a track a player shows, and when. A cut made without
 * encoding anew keeps all frames from the key frame on and hides those before the cut in such a list. The demuxer only shifts times by
 * it, so this file reads the list itself.
 */
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';

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

interface Box {
  readonly type: string;
  /** Where its content lies in the file. */
  readonly from: number;
  readonly to: number;
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

const named = (type: string) => (box: Box) => box.type === type;

/** The box that lies within others, from the outermost inwards. */
async function descend(
  file: FileHandle,
  within: Box,
  [type, ...rest]: readonly string[],
): Promise<Box | undefined> {
  if (type === undefined) return within;
  const box = (await boxesWithin(file, within)).find(named(type));
  return box && descend(file, box, rest);
}

/** The boxes that follow one another between two places of a file; the last one may be cut off. */
async function boxesWithin(
  file: FileHandle,
  { from, to }: Pick<Box, 'from' | 'to'>,
): Promise<readonly Box[]> {
  const boxes: Box[] = [];
  let at = from;
  while (at + 8 <= to) {
    const head = await bytesAt(file, at, 16);
    if (head.length < 8) break;
    const type = head.toString('latin1', 4, 8);
    let size = head.readUInt32BE(0);
    let headSize = 8;
    if (size === 1 && head.length === 16) {
      size = Number(head.readBigUInt64BE(8));
      headSize = 16;
    }
    if (size === 0) size = to - at;
    if (size < headSize) break;
    boxes.push({ type, from: at + headSize, to: Math.min(at + size, to) });
    at += size;
  }
  return boxes;
}

async function bytesAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
  return buffer.subarray(0, bytesRead);
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

async function entriesOf(file: FileHandle, box: Box | undefined): Promise<readonly Entry[]> {
  if (!box) return [];
  const bytes = await bytesAt(file, box.from, box.to - box.from);
  if (bytes.length < 8) return [];
  const wide = bytes[0] === 1;
  const size = wide ? 20 : 12;
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
