/**
 * Frames of a video file, through Mediabunny and the FFmpeg inside its server package. Frame numbers count in presentation
 * order. The file is read from its packet list, so a damaged file is noticed even where its header promises more.
 */
import { stat } from 'node:fs/promises';
import type * as Mediabunny from 'mediabunny';
import type { InputVideoTrack } from 'mediabunny';
import { LociError } from '@loci/core';
import { averageFrameRate } from './frame-rate.ts';
import { matroskaSize } from './matroska-size.ts';
import { mediaUnreadable } from './media-unreadable.ts';
import type { Picture } from './picture.ts';
import { samplePicture } from './sample-picture.ts';

/** What a video holds, known before any frame is decoded. */
export interface VideoFacts {
  readonly totalFrames: number;
  /** Frames a second on average. */
  readonly fps: number;
  /** When each frame is shown, in seconds from the first. */
  readonly times: readonly number[];
}

let loaded: Promise<typeof Mediabunny> | undefined;

/** The decoder loads FFmpeg, so it is loaded with the first video. */
async function loadMediabunny(): Promise<typeof Mediabunny> {
  loaded ??= (async () => {
    const [mediabunny, server] = await Promise.all([
      import('mediabunny'),
      import('@mediabunny/server'),
    ]);
    // Without this FFmpeg probes for graphics hardware and writes what it misses to stderr.
    server.registerMediabunnyServer({ hardwareContext: null });
    return mediabunny;
  })();
  return loaded;
}

/** A frame as the packet list tells of it. */
interface Shown {
  /** Seconds. */
  readonly start: number;
  /** Until the next frame, or the end. */
  readonly duration: number;
}

/** All frames in the order in which they are shown. */
async function readShown(track: InputVideoTrack): Promise<readonly Shown[]> {
  const { EncodedPacketSink } = await loadMediabunny();
  const starts: number[] = [];
  let end = 0;
  const sink = new EncodedPacketSink(track);
  for await (const packet of sink.packets(undefined, undefined, { metadataOnly: true })) {
    starts.push(packet.timestamp);
    end = Math.max(end, packet.timestamp + packet.duration);
  }
  starts.sort((a, b) => a - b);
  const first = starts[0];
  const last = starts.at(-1);
  if (first === undefined || last === undefined) throw new Error('it holds no frames');
  // Matroska need not tell how long the last frame is shown.
  if (end <= last && starts.length > 1) end = last + (last - first) / (starts.length - 1);
  return starts.map((start, index) => ({ start, duration: (starts[index + 1] ?? end) - start }));
}

function factsOf(shown: readonly Shown[]): VideoFacts {
  const first = shown[0]!;
  const last = shown.at(-1)!;
  return {
    totalFrames: shown.length,
    fps: averageFrameRate(shown.length, last.start + last.duration - first.start),
    times: shown.map(({ start }) => start - first.start),
  };
}

/** Slack in comparing times, in seconds. */
const INSTANT = 1e-3;

/**
 * Decodes chosen frames of a video.
 *
 * @param choose gives the frames to decode from what the file holds, in ascending order; one may be asked for twice.
 * @param keep what is kept of a frame, so that no more than one is held at the size of the file; by default all of it.
 * @returns one picture a chosen frame, upright.
 * @throws LociError `media-unreadable` naming the file and what is wrong with it: missing, empty, without a video track,
 * of an unknown codec, truncated. Errors that `choose` and `keep` throw pass unchanged if they are LociErrors.
 */
export async function decodeVideo(
  path: string,
  choose: (facts: VideoFacts) => readonly number[],
  keep: (picture: Picture) => Picture = (picture) => picture,
): Promise<readonly Picture[]> {
  try {
    if ((await stat(path)).size === 0) throw new Error('it is empty');
    return await decode(path, choose, keep);
  } catch (error) {
    throw LociError.is(error) ? error : mediaUnreadable(path, error);
  }
}

/** Whether the reader knows the form of a file; of one that is shorter than every mark of a form it only says that an assertion failed. */
async function isReadable(input: { canRead(): Promise<boolean> }): Promise<boolean> {
  try {
    return await input.canRead();
  } catch (error) {
    if (error instanceof Error && 'code' in error) throw error;
    return false;
  }
}

async function decode(
  path: string,
  choose: (facts: VideoFacts) => readonly number[],
  keep: (picture: Picture) => Picture,
): Promise<readonly Picture[]> {
  const { ALL_FORMATS, FilePathSource, Input, VideoSampleSink } = await loadMediabunny();
  const size = await matroskaSize(path);
  if (size && size.actual < size.declared) {
    throw new Error(`it is truncated: ${size.actual} of ${size.declared} bytes are there`);
  }
  const input = new Input({ source: new FilePathSource(path), formats: ALL_FORMATS });
  try {
    if (!(await isReadable(input))) throw new Error('it is damaged or no video');
    const track = await input.getPrimaryVideoTrack();
    if (!track) throw new Error('it has no video track, or is truncated');
    if (!(await track.canDecode())) {
      throw new Error(`its codec ${(await track.getCodec()) ?? ''} cannot be decoded`);
    }
    const container = await track.getColorSpace();
    const shown = await readShown(track);
    const indices = choose(factsOf(shown));
    // Timestamps are rounded differently by each container: ask in the middle of a frame.
    const middles = indices.map((index) => {
      const frame = shown[index];
      if (!frame) throw new RangeError(`frame ${index} of ${shown.length} was asked for`);
      return frame.start + frame.duration / 2;
    });
    const pictures: Picture[] = [];
    for await (const sample of new VideoSampleSink(track).samplesAtTimestamps(middles)) {
      const index = indices[pictures.length]!;
      const { start, duration } = shown[index]!;
      const late = sample && Math.abs(sample.timestamp - start) > Math.max(duration / 2, INSTANT);
      if (!sample || late) {
        sample?.close();
        throw new Error(`it is truncated or damaged at frame ${index} of ${shown.length}`);
      }
      try {
        pictures.push(keep(await samplePicture(sample, container)));
      } finally {
        sample.close();
      }
    }
    return pictures;
  } finally {
    input.dispose();
  }
}
