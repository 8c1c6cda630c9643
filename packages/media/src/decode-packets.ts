/**
 * Decodes the packets of a track with FFmpeg. The number of its packet identifies a frame, so that damaged times cannot mix two up.
 * Packets that cannot be decoded are skipped, as players skip them.
 */
import type { EncodedPacket, EncodedPacketSink, InputVideoTrack } from 'mediabunny';
import type { CodecContext, Frame } from 'node-av';
import { loadMediabunny } from './load-mediabunny.ts';

/** A place from which a track can be decoded. */
export interface DecodeStart {
  /** Number of its key packet, in the order of the file. */
  readonly order: number;
  /** The packet before it; undefined for the first. */
  readonly before: EncodedPacket | undefined;
  /** Where to begin when its packet turns out not to be a key packet. */
  readonly earlier: DecodeStart | undefined;
}

/** A frame as the decoder gives it. */
export interface DecodedFrame {
  /** Number of its packet in the track. */
  readonly order: number;
  /** The caller frees it. */
  readonly frame: Frame;
}

/** Packets from a place on, in the order of the file. The key mark of the first one is verified. */
export async function* packetsFrom(
  sink: EncodedPacketSink,
  { before }: DecodeStart,
): AsyncGenerator<EncodedPacket, void> {
  const options = { verifyKeyPackets: true };
  let packet = await (before ? sink.getNextPacket(before, options) : sink.getFirstPacket(options));
  while (packet) {
    yield packet;
    packet = await sink.getNextPacket(packet);
  }
}

/** Frames in display order, from a place of the track on, or from an earlier one if decoding cannot begin there. */
export async function* shownPackets(
  track: InputVideoTrack,
  start: DecodeStart,
): AsyncGenerator<DecodedFrame, void> {
  const { EncodedPacketSink: Sink } = await loadMediabunny();
  const { AV_NOPTS_VALUE, Packet } = await import('node-av');
  const sink = new Sink(track);
  const from = await trueStart(sink, start);
  const context = await openDecoder(track, sink);
  const input = new Packet();
  input.alloc();
  try {
    let { order } = from;
    for await (const packet of packetsFrom(sink, from)) {
      input.isKeyframe = packet.type === 'key';
      input.data = Buffer.from(packet.data);
      input.pts = BigInt(order++);
      input.dts = AV_NOPTS_VALUE;
      const sent = await context.sendPacket(input);
      input.unref();
      if (sent >= 0) yield* received(context);
    }
    await context.sendPacket(null);
    yield* received(context);
  } finally {
    input.free();
    context.freeContext();
  }
}

/** The nearest place with a true key packet: where a file has no marks, every packet counts as marked. */
async function trueStart(sink: EncodedPacketSink, start: DecodeStart): Promise<DecodeStart> {
  for (let place = start; ; place = place.earlier) {
    const { value } = await packetsFrom(sink, place).next();
    if (value?.type === 'key' || !place.earlier) return place;
  }
}

/** The frames that the decoder has ready. */
async function* received(context: CodecContext): AsyncGenerator<DecodedFrame, void> {
  const { Frame: DecoderFrame } = await import('node-av');
  for (;;) {
    const frame = new DecoderFrame();
    frame.alloc();
    if ((await context.receiveFrame(frame)) < 0) {
      frame.free();
      return;
    }
    yield { order: Number(frame.pts), frame };
  }
}

async function openDecoder(track: InputVideoTrack, sink: EncodedPacketSink): Promise<CodecContext> {
  const av = await import('node-av');
  const ids: Readonly<Record<string, typeof av.AV_CODEC_ID_H264>> = {
    avc: av.AV_CODEC_ID_H264,
    hevc: av.AV_CODEC_ID_HEVC,
    vp8: av.AV_CODEC_ID_VP8,
    vp9: av.AV_CODEC_ID_VP9,
    av1: av.AV_CODEC_ID_AV1,
    prores: av.AV_CODEC_ID_PRORES,
  };
  const name = (await track.getCodec()) ?? '';
  const id = ids[name];
  const codec = id === undefined ? null : av.Codec.findDecoder(id);
  const config = await track.getDecoderConfig();
  if (id === undefined || !codec || !config) throw new Error(`its codec ${name} cannot be decoded`);
  const context = new av.CodecContext();
  context.allocContext3(codec);
  context.codecType = av.AVMEDIA_TYPE_VIDEO;
  context.codecId = id;
  context.width = config.codedWidth ?? 0;
  context.height = config.codedHeight ?? 0;
  // The kinds of ProRes differ by it.
  const tag = await track.getInternalCodecId();
  if (name === 'prores' && typeof tag === 'string') context.codecTag = tag;
  const description = config.description ?? (await firstParameterSets(sink, name));
  if (description) context.extraData = bufferOf(description);
  // So the H.264 decoder delays as many frames as the header states, not as many as it has seen.
  const options = av.Dictionary.fromObject({ strict: av.FF_COMPLIANCE_STRICT });
  av.FFmpegError.throwIfError(await context.open2(codec, options), 'open the decoder');
  return context;
}

async function firstParameterSets(sink: EncodedPacketSink, codec: string) {
  if (codec !== 'avc' && codec !== 'hevc') return undefined;
  const packet = await sink.getFirstKeyPacket();
  return packet ? parameterSets(packet.data, codec) : undefined;
}

function bufferOf(bytes: ArrayBufferLike | ArrayBufferView): Buffer {
  return ArrayBuffer.isView(bytes)
    ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : Buffer.from(bytes);
}

/** Types of the units of H.264 and HEVC streams that hold pictures or parts of them (ISO/IEC 14496-10 and 23008-2, Annex B). */
const isPicture = {
  avc: (head: number) => (head & 31) >= 1 && (head & 31) <= 5,
  hevc: (head: number) => ((head >> 1) & 63) < 32,
};

/**
 * The parameter sets before the first picture of a packet. A decoder needs them to begin at a later key packet that comes without them.
 *
 * @returns undefined when nothing comes before the picture, or the packet has no picture.
 */
function parameterSets(packet: Uint8Array, codec: 'avc' | 'hevc'): Uint8Array | undefined {
  for (let at = 0; at + 3 < packet.length; at++) {
    const starts = packet[at] === 0 && packet[at + 1] === 0 && packet[at + 2] === 1;
    if (starts && isPicture[codec](packet[at + 3]!)) {
      return at > 0 ? packet.subarray(0, at) : undefined;
    }
  }
  return undefined;
}
