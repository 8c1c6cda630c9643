/** Decodes stored frames of a video. */
import type { InputVideoTrack, VideoSample, VideoSampleSink } from 'mediabunny';
import { loadMediabunny } from './load-mediabunny.ts';
import type { StoredFrame } from './stored-frames.ts';

/** Within it two times are one, in seconds: decoders count microseconds. */
const INSTANT = 1e-5;

/**
 * One sample a wanted frame, in the order in which they are wanted, which is fastest when it is that of the file. The caller closes
 * them.
 *
 * @returns undefined in the place of a frame that the decoder does not give.
 */
export async function* samplesOf(
  track: InputVideoTrack,
  wanted: readonly StoredFrame[],
): AsyncGenerator<VideoSample | undefined, void> {
  const { VideoSampleSink } = await loadMediabunny();
  const sink = new VideoSampleSink(track);
  for (const run of runsOf(wanted)) yield* samplesOfRun(sink, run);
}

/** Frames that one pass from one key frame gives. */
function runsOf(wanted: readonly StoredFrame[]): readonly StoredFrame[][] {
  const runs: StoredFrame[][] = [];
  for (const frame of wanted) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    if (last && last.key === frame.key && isNotAfter(last, frame)) run!.push(frame);
    else runs.push([frame]);
  }
  return runs;
}

const isNotAfter = (a: StoredFrame, b: StoredFrame) =>
  a.stamp < b.stamp || (a.stamp === b.stamp && a.rank <= b.rank);

/**
 * Seeks to the key frame itself: Mediabunny finds no key frame for a time in the middle of a Matroska without an index.
 *
 * @param run ascending.
 */
async function* samplesOfRun(
  sink: VideoSampleSink,
  run: readonly StoredFrame[],
): AsyncGenerator<VideoSample | undefined, void> {
  const from = Math.min(run[0]!.key, run[0]!.stamp);
  const to = run.at(-1)!.stamp + INSTANT;
  let next = 0;
  let previous = -Infinity;
  let rank = 0;
  for await (const sample of sink.samples(from, to)) {
    rank = Math.abs(sample.timestamp - previous) < INSTANT ? rank + 1 : 0;
    previous = sample.timestamp;
    try {
      for (let frame = run[next]; frame && isSample(frame, previous, rank); frame = run[next]) {
        next++;
        yield sample.clone();
      }
    } finally {
      sample.close();
    }
    if (next === run.length) return;
  }
  while (next < run.length) yield await stray(sink, run[next++]!);
}

/** How many frames of later times may come out of a decoder before one of an earlier time. */
const MOST_DISORDER = 64;

/** A frame whose time contradicts the order of decoding, as in files that were joined without encoding anew. */
async function stray(sink: VideoSampleSink, frame: StoredFrame): Promise<VideoSample | undefined> {
  let later = 0;
  let rank = -1;
  for await (const sample of sink.samples(Math.min(frame.key, frame.stamp))) {
    if (Math.abs(sample.timestamp - frame.stamp) < INSTANT && ++rank === frame.rank) return sample;
    if (sample.timestamp > frame.stamp) later++;
    sample.close();
    if (later > MOST_DISORDER) break;
  }
  return undefined;
}

const isSample = (frame: StoredFrame, time: number, rank: number) =>
  Math.abs(frame.stamp - time) < INSTANT && frame.rank === rank;
