/** The frames that a file stores and a decoder gives, in the order in which they are to be shown, before any edit list. */
import type { InputVideoTrack } from 'mediabunny';
import { loadMediabunny } from './load-mediabunny.ts';

/** A frame of a track. */
export interface StoredFrame {
  /** The time by which Mediabunny knows it, in seconds. */
  readonly stamp: number;
  /** Seconds until the next stored frame, or the end. */
  readonly duration: number;
  /** How many frames of the same time and key frame come out of the decoder before it. */
  readonly rank: number;
  /** Time of the key frame from which it is decoded. */
  readonly key: number;
}

/**
 * All frames that come out of a decoder. Left out are packets that only help to decode others (alternate references of VP8 and VP9),
 * packets before the first key frame, and those around it that refer to frames which a cut took away.
 *
 * @throws Error when there is no frame that can be decoded.
 */
export async function readStoredFrames(track: InputVideoTrack): Promise<readonly StoredFrame[]> {
  const { EncodedPacketSink } = await loadMediabunny();
  const codec = await track.getCodec();
  const isHidden = codec === 'vp8' ? isHiddenVp8 : codec === 'vp9' ? isHiddenVp9 : undefined;
  let frames: Omit<StoredFrame, 'duration' | 'rank'>[] = [];
  const keys: number[] = [];
  let end = -Infinity;
  const sink = new EncodedPacketSink(track);
  const start = await sink.getFirstKeyPacket({ verifyKeyPackets: true });
  if (!start) throw new Error('it holds no key frame, and no other can be decoded without one');
  const packets = sink.packets(start, undefined, { metadataOnly: isHidden === undefined });
  for await (const { type, timestamp: stamp, duration, data } of packets) {
    if (type === 'key') keys.push(stamp);
    if (isHidden?.(data)) continue;
    // A frame that is shown before a key frame but follows it in the file refers to those before as well.
    frames.push({ stamp, key: keys.findLast((key) => key <= stamp) ?? start.timestamp });
    end = Math.max(end, stamp + duration);
  }
  frames.sort((a, b) => a.stamp - b.stamp);
  if (frames[0] && frames[0].stamp < start.timestamp) {
    const shown = await firstDecoded(track);
    frames = frames.filter(({ stamp }) => stamp >= shown);
  }
  const first = frames[0]?.stamp;
  const last = frames.at(-1)?.stamp;
  if (first === undefined || last === undefined) throw new Error('it holds no frames');
  // Matroska need not tell how long the last frame is shown.
  if (end <= last && frames.length > 1) end = last + (last - first) / (frames.length - 1);
  let rank = 0;
  return frames.map((frame, index) => {
    const before = frames[index - 1];
    rank = before?.stamp === frame.stamp && before.key === frame.key ? rank + 1 : 0;
    return { ...frame, duration: (frames[index + 1]?.stamp ?? end) - frame.stamp, rank };
  });
}

/** Time of the first frame that the decoder gives. */
async function firstDecoded(track: InputVideoTrack): Promise<number> {
  const { VideoSampleSink } = await loadMediabunny();
  for await (const sample of new VideoSampleSink(track).samples()) {
    sample.close();
    return sample.timestamp;
  }
  return Infinity;
}

/** The frame tag of VP8 (RFC 6386, 9.1). */
function isHiddenVp8(packet: Uint8Array): boolean {
  return packet.length > 0 && (packet[0]! & 0x10) === 0;
}

/** The uncompressed header of VP9; a superframe, which ends in its own mark, always has a frame to show. */
function isHiddenVp9(packet: Uint8Array): boolean {
  const head = packet[0];
  const tail = packet.at(-1);
  if (head === undefined || tail === undefined || (tail & 0xe0) === 0xc0) return false;
  const profile = ((head >> 5) & 1) | ((head >> 3) & 2);
  // Profile 3 has a reserved bit before the flags.
  const flags = profile === 3 ? head << 1 : head;
  const showsExisting = (flags & 0x08) !== 0;
  return !showsExisting && (flags & 0x02) === 0;
}
