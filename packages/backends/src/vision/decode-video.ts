/**
 * Frames of a video file, through Mediabunny and the FFmpeg inside its server package. Frame numbers count in presentation
 * order. The file is read from its packet list, so a damaged file is noticed even where its header promises more.
 */
import { access } from 'node:fs/promises';
import type * as Mediabunny from 'mediabunny';
import type { InputVideoTrack, VideoSample } from 'mediabunny';
import { LociError } from '@loci/core';
import { mediaUnreadable } from './media-unreadable.ts';
import type { Picture } from './picture.ts';
import { rotatePicture } from './rotate.ts';

/** What a video holds, known before any frame is decoded. */
export interface VideoFacts {
  readonly totalFrames: number;
  /** Frames a second on average. */
  readonly fps: number;
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

interface Packet {
  /** Seconds. */
  readonly start: number;
  readonly duration: number;
}

async function readPackets(track: InputVideoTrack): Promise<readonly Packet[]> {
  const { EncodedPacketSink } = await loadMediabunny();
  const packets: Packet[] = [];
  const sink = new EncodedPacketSink(track);
  for await (const packet of sink.packets(undefined, undefined, { metadataOnly: true })) {
    packets.push({ start: packet.timestamp, duration: packet.duration });
  }
  return packets.sort((a, b) => a.start - b.start);
}

/** The declarations of WebCodecs that are about know no `format` yet. */
const RGBA: VideoFrameCopyToOptions & { readonly format: 'RGBA' } = { format: 'RGBA' };

async function toPicture(sample: VideoSample): Promise<Picture> {
  const { width, height } = sample.visibleRect;
  const rgba = new Uint8Array(sample.allocationSize(RGBA));
  const [plane] = await sample.copyTo(rgba, RGBA);
  const pixels = new Uint8Array(width * height * 3);
  for (let y = 0, to = 0; y < height; y++) {
    let from = plane!.offset + y * plane!.stride;
    for (let x = 0; x < width; x++, from += 4) {
      pixels[to++] = rgba[from]!;
      pixels[to++] = rgba[from + 1]!;
      pixels[to++] = rgba[from + 2]!;
    }
  }
  return rotatePicture({ width, height, pixels }, sample.rotation);
}

/**
 * Decodes chosen frames of a video.
 *
 * @param choose gives the frames to decode, in ascending order, from what the file holds.
 * @returns one picture a chosen frame, upright.
 * @throws LociError `media-unreadable` naming the file and what is wrong with it: missing, empty, without a video track,
 * of an unknown codec, truncated. Errors that `choose` throws pass unchanged.
 */
export async function decodeVideo(
  path: string,
  choose: (facts: VideoFacts) => readonly number[],
): Promise<readonly Picture[]> {
  try {
    await access(path);
    return await decode(path, choose);
  } catch (error) {
    throw LociError.is(error) ? error : mediaUnreadable(path, error);
  }
}

async function decode(
  path: string,
  choose: (facts: VideoFacts) => readonly number[],
): Promise<readonly Picture[]> {
  const { ALL_FORMATS, FilePathSource, Input, VideoSampleSink } = await loadMediabunny();
  const input = new Input({ source: new FilePathSource(path), formats: ALL_FORMATS });
  try {
    if (!(await input.canRead())) throw new Error('it is empty, damaged or no video');
    const track = await input.getPrimaryVideoTrack();
    if (!track) throw new Error('it has no video track');
    if (!(await track.canDecode())) {
      throw new Error(`its codec ${(await track.getCodec()) ?? ''} cannot be decoded`);
    }
    const packets = await readPackets(track);
    if (packets.length === 0) throw new Error('it holds no frames');
    const first = packets[0]!;
    const last = packets.at(-1)!;
    const seconds = last.start + last.duration - first.start;
    const indices = choose({ totalFrames: packets.length, fps: packets.length / seconds });
    // Timestamps are rounded differently by each container: ask in the middle of a frame.
    const middles = indices.map((index) => {
      const packet = packets[index];
      if (!packet) throw new RangeError(`frame ${index} of ${packets.length} was asked for`);
      return packet.start + packet.duration / 2;
    });
    const pictures: Picture[] = [];
    for await (const sample of new VideoSampleSink(track).samplesAtTimestamps(middles)) {
      const index = indices[pictures.length]!;
      const packet = packets[index]!;
      const late = sample && Math.abs(sample.timestamp - packet.start) > packet.duration / 2;
      if (!sample || late) {
        sample?.close();
        throw new Error(`it is truncated or damaged at frame ${index} of ${packets.length}`);
      }
      pictures.push(await toPicture(sample));
      sample.close();
    }
    return pictures;
  } finally {
    input.dispose();
  }
}
