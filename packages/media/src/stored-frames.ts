/** Lists the frames that a file stores and a decoder gives, in display order, before any edit list. */
import type { EncodedPacket, EncodedPacketSink, InputVideoTrack } from 'mediabunny';
import { packetsFrom, shownPackets } from './decode-packets.ts';
import type { DecodeStart } from './decode-packets.ts';
import { loadMediabunny } from './load-mediabunny.ts';

/** A frame of a track. */
export interface StoredFrame {
  /** Its time as the file has it, in seconds. */
  readonly stamp: number;
  /** Seconds until the next stored frame, or the end. */
  readonly duration: number;
  /** Number of its packet, in the order of the file. */
  readonly order: number;
  readonly start: DecodeStart;
}

/**
 * All frames that a decoder gives. Packets that only help to decode others (alternate references of VP8 and VP9) give none, nor do
 * packets before the first key frame, and packets around it that refer to frames which a cut removed.
 *
 * @throws Error when no frame can be decoded.
 */
export async function readStoredFrames(track: InputVideoTrack): Promise<readonly StoredFrame[]> {
  const { EncodedPacketSink: Sink } = await loadMediabunny();
  const sink = new Sink(track);
  const listed = await listFrames(sink, hiddenTest(await track.getCodec()));
  const { first } = listed;
  let { frames } = listed;
  frames.sort((a, b) => a.stamp - b.stamp || a.order - b.order);
  const [earliest] = frames;
  const key = await packetsFrom(sink, first).next();
  // A frame shown before the first key frame, or a stream without one, may refer to frames that are missing.
  if (key.value?.type !== 'key' || (earliest && earliest.stamp < key.value.timestamp)) {
    const shown = await firstShown(track, first, frames);
    frames = frames.filter(({ stamp }) => stamp >= shown);
  }
  const begin = frames[0]?.stamp;
  const last = frames.at(-1)?.stamp;
  if (begin === undefined || last === undefined) throw new Error('it holds no frames');
  let { end } = listed;
  // Matroska files may lack the duration of the last frame.
  if (end <= last && frames.length > 1) end = last + (last - begin) / (frames.length - 1);
  return frames.map((frame, index) => ({
    ...frame,
    duration: (frames[index + 1]?.stamp ?? end) - frame.stamp,
  }));
}

type ListedFrame = Omit<StoredFrame, 'duration'>;

/** Frames in the order of the file, from the first key packet on, and when the last one ends. */
async function listFrames(sink: EncodedPacketSink, isHidden: HiddenTest | undefined) {
  const frames: ListedFrame[] = [];
  const starts: { readonly stamp: number; readonly start: DecodeStart }[] = [];
  let end = -Infinity;
  let order = 0;
  let before: EncodedPacket | undefined;
  for await (const packet of sink.packets(undefined, undefined, { metadataOnly: true })) {
    const { type, timestamp: stamp, duration } = packet;
    // Damage can lead from a packet back to an earlier one, in an endless loop.
    if (before && packet.sequenceNumber >= 0 && packet.sequenceNumber <= before.sequenceNumber) {
      throw new Error(`it is damaged at frame ${order}: convert or fetch it again`);
    }
    if (type === 'key') {
      const earlier = starts.at(-1)?.start;
      starts.push({ stamp, start: { order, before, earlier } });
    }
    // A frame that is shown before a key frame but follows it in the file refers to those before as well.
    const start = starts.findLast((candidate) => candidate.stamp <= stamp) ?? starts[0];
    if (start && !(isHidden && (await isHidden(await dataAfter(sink, before))))) {
      frames.push({ stamp, order, start: start.start });
      end = Math.max(end, stamp + duration);
    }
    before = packet;
    order++;
  }
  const first = starts[0]?.start;
  if (!first) {
    throw new Error(
      order === 0
        ? 'it holds no frames'
        : 'it holds no key frame, and without one no frame can be decoded',
    );
  }
  return { frames, first, end };
}

async function dataAfter(sink: EncodedPacketSink, before: EncodedPacket | undefined) {
  const packet = await (before ? sink.getNextPacket(before) : sink.getFirstPacket());
  return packet?.data ?? new Uint8Array();
}

/** Time of the first frame that the decoder gives. */
async function firstShown(
  track: InputVideoTrack,
  first: DecodeStart,
  frames: readonly ListedFrame[],
): Promise<number> {
  const stamps = new Map(frames.map(({ order, stamp }) => [order, stamp]));
  for await (const { order, frame } of shownPackets(track, first)) {
    frame.free();
    const stamp = stamps.get(order);
    if (stamp !== undefined) return stamp;
  }
  return Infinity;
}

type HiddenTest = (packet: Uint8Array) => boolean;

function hiddenTest(codec: string | null): HiddenTest | undefined {
  if (codec === 'vp8') return isHiddenVp8;
  return codec === 'vp9' ? isHiddenVp9 : undefined;
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
