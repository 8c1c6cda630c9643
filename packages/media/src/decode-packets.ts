/**
 * Decodes the packets of a track with FFmpeg. Frames are known by the number of their packet, so that no two are mistaken for each
 * other whatever times a file gives them; a packet that cannot be decoded is passed over, as players do it.
 */
import type { EncodedPacket, EncodedPacketSink, InputVideoTrack } from 'mediabunny';
import type { CodecContext, Frame } from 'node-av';
import { loadMediabunny } from './load-mediabunny.ts';
import { parameterSets } from './parameter-sets.ts';

/** A place from which a track can be decoded. */
export interface DecodeStart {
  /** Number of its key packet, in the order of the file. */
  readonly order: number;
  /** The packet before it; undefined for the first. */
  readonly before: EncodedPacket | undefined;
  /** Where to begin when its packet turns out to be no key packet. */
  readonly earlier: DecodeStart | undefined;
}

/** A frame as the decoder gives it. */
export interface DecodedFrame {
  /** Number of its packet in the track. */
  readonly order: number;
  /** The caller frees it. */
  readonly frame: Frame;
}

/** Packets from a place on, in the order of the file; of the first one it is certain whether it is a key packet. */
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

/** Frames in the order in which they are shown, from a place of the track on, or from an earlier one if it is none to begin at. */
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

/** A packet that is marked as key need not be one: of a file without marks all are. */
async function trueStart(sink: EncodedPacketSink, start: DecodeStart): Promise<DecodeStart> {
  for (let place = start; ; place = place.earlier) {
    const { value } = await packetsFrom(sink, place).next();
    if (value?.type === 'key' || !place.earlier) return place;
  }
}

/** What the decoder has ready. */
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
  if (id === undefined || !codec || !config) throw new Error(`its codec ${name} is not decoded`);
  const context = new av.CodecContext();
  context.allocContext3(codec);
  context.codecType = av.AVMEDIA_TYPE_VIDEO;
  context.codecId = id;
  context.width = config.codedWidth ?? 0;
  context.height = config.codedHeight ?? 0;
  // ProRes is told apart by it.
  const tag = await track.getInternalCodecId();
  if (name === 'prores' && typeof tag === 'string') context.codecTag = tag;
  const description = config.description ?? (await firstParameterSets(sink, name));
  if (description) context.extraData = bufferOf(description);
  // H.264 keeps back as many frames as its header says, not as many as it has seen.
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
