/** The frames that a file stores and a decoder gives, in the order in which they are to be shown, before any edit list. */
import type { InputVideoTrack } from 'mediabunny';
import { loadMediabunny } from './load-mediabunny.ts';

/** A frame of a track. */
export interface StoredFrame {
  /** The time by which Mediabunny knows it, in seconds. */
  readonly stamp: number;
  /** Seconds until the next stored frame, or the end. */
  readonly duration: number;
  /** How many stored frames before it have the same time. */
  readonly rank: number;
  /** Whether it stands before the first key frame, though it needs that one. */
  readonly leading: boolean;
}

/**
 * All frames that come out of a decoder. Left out are packets that only help to decode others (alternate references of VP8 and VP9),
 * packets before the first key frame, and those around it that refer to frames which a cut took away.
 */
export async function readStoredFrames(track: InputVideoTrack): Promise<readonly StoredFrame[]> {
  const { EncodedPacketSink } = await loadMediabunny();
  const codec = await track.getCodec();
  const isHidden = codec === 'vp8' ? isHiddenVp8 : codec === 'vp9' ? isHiddenVp9 : undefined;
  let stamps: number[] = [];
  let end = -Infinity;
  const sink = new EncodedPacketSink(track);
  const key = await sink.getFirstKeyPacket({ verifyKeyPackets: true });
  if (!key) throw new Error('it holds no key frame, and no other can be decoded without one');
  const packets = sink.packets(key, undefined, { metadataOnly: isHidden === undefined });
  for await (const packet of packets) {
    if (isHidden?.(packet.data)) continue;
    stamps.push(packet.timestamp);
    end = Math.max(end, packet.timestamp + packet.duration);
  }
  stamps.sort((a, b) => a - b);
  if (stamps[0]! < key.timestamp) {
    const shown = await firstDecoded(track);
    stamps = stamps.filter((stamp) => stamp >= shown);
  }
  const first = stamps[0];
  const last = stamps.at(-1);
  if (first === undefined || last === undefined) throw new Error('it holds no frames');
  // Matroska need not tell how long the last frame is shown.
  if (end <= last && stamps.length > 1) end = last + (last - first) / (stamps.length - 1);
  let rank = 0;
  return stamps.map((stamp, index) => {
    rank = stamp === stamps[index - 1] ? rank + 1 : 0;
    const duration = (stamps[index + 1] ?? end) - stamp;
    return { stamp, duration, rank, leading: stamp < key.timestamp };
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
