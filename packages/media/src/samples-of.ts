/** Decodes chosen frames of a track. */
import type { InputVideoTrack, VideoSample } from 'mediabunny';
import type { Frame } from 'node-av';
import { shownPackets } from './decode-packets.ts';
import type { StoredFrame } from './stored-frames.ts';

/** The most frames by which a decoder may deliver a wanted frame late. */
const MOST_DISORDER = 64;

/**
 * One sample for each wanted frame, in the order of `wanted`, which is fastest when it is that of the file. The caller closes them.
 *
 * @returns undefined in place of a frame that the decoder does not give.
 */
export async function* samplesOf(
  track: InputVideoTrack,
  wanted: readonly StoredFrame[],
): AsyncGenerator<VideoSample | undefined, void> {
  for (const run of runsOf(wanted)) yield* samplesOfRun(track, run);
}

/** Groups of frames that one pass from one key frame decodes. */
function runsOf(wanted: readonly StoredFrame[]): readonly StoredFrame[][] {
  const runs: StoredFrame[][] = [];
  for (const frame of wanted) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    if (last && last.start === frame.start && last.stamp <= frame.stamp) run!.push(frame);
    else runs.push([frame]);
  }
  return runs;
}

/** @param run frames of one start, ascending. */
async function* samplesOfRun(
  track: InputVideoTrack,
  run: readonly StoredFrame[],
): AsyncGenerator<VideoSample | undefined, void> {
  const orders = new Set(run.map(({ order }) => order));
  const last = Math.max(...orders);
  /** Frames that came before their turn. */
  const held = new Map<number, Frame>();
  let next = 0;
  let late = 0;
  try {
    for await (const { order, frame } of shownPackets(track, run[0]!.start)) {
      if (orders.delete(order)) held.set(order, frame);
      else frame.free();
      for (let due = run[next]; due && held.has(due.order); due = run[next]) {
        yield await sampleOf(track, held.get(due.order)!);
        if (run[++next]?.order === due.order) continue;
        held.get(due.order)!.free();
        held.delete(due.order);
      }
      if (order > last) late++;
      if (next === run.length || late > MOST_DISORDER) break;
    }
    while (next < run.length) {
      const frame = held.get(run[next++]!.order);
      yield frame && (await sampleOf(track, frame));
    }
  } finally {
    for (const frame of held.values()) frame.free();
  }
}

/** A sample of its own, however often the frame is wanted. */
async function sampleOf(track: InputVideoTrack, frame: Frame): Promise<VideoSample> {
  const [{ VideoSample: Sample }, { AvFrameVideoSampleResource }, { Rational }] = await Promise.all(
    [import('mediabunny'), import('@mediabunny/server'), import('node-av')],
  );
  const copy = frame.clone();
  if (!copy) throw new Error('not enough memory for a frame');
  // Pixels stay as they are stored, square or not.
  copy.sampleAspectRatio = new Rational(1, 1);
  return new Sample(new AvFrameVideoSampleResource(copy), {
    timestamp: 0,
    rotation: await track.getRotation(),
    flip: await track.getFlip(),
  });
}
