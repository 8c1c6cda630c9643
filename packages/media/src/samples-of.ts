/** Decodes stored frames of a video. */
import type { InputVideoTrack, VideoSample, VideoSampleSink } from 'mediabunny';
import { loadMediabunny } from './load-mediabunny.ts';
import type { StoredFrame } from './stored-frames.ts';

/** Slack in comparing times, in seconds. */
const INSTANT = 1e-3;
/** Slack in telling apart frames of one file, whose times may be milliseconds. */
const SAME = 1e-5;

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
  // Timestamps are rounded differently by each container: ask in the middle of a frame.
  const middles = wanted.filter(isFoundByTime).map(({ stamp, duration }) => stamp + duration / 2);
  const found = sink.samplesAtTimestamps(middles);
  try {
    for (const frame of wanted) {
      yield isFoundByTime(frame)
        ? checked((await found.next()).value ?? undefined, frame)
        : await sampleByRank(sink, frame);
    }
  } finally {
    await found.return();
  }
}

/** Frames that begin at the same time, and those before the first key frame, cannot be asked for by a time. */
function isFoundByTime({ duration, rank, leading }: StoredFrame): boolean {
  return duration > 0 && rank === 0 && !leading;
}

function checked(sample: VideoSample | undefined, { stamp, duration }: StoredFrame) {
  if (!sample || Math.abs(sample.timestamp - stamp) <= Math.max(duration / 2, INSTANT)) {
    return sample;
  }
  sample.close();
  return undefined;
}

/** Decodes from the key frame before a frame, and counts those of its time. */
async function sampleByRank(
  sink: VideoSampleSink,
  { stamp, rank }: StoredFrame,
): Promise<VideoSample | undefined> {
  let left = rank;
  for await (const sample of sink.samples(stamp - INSTANT, stamp + INSTANT)) {
    if (Math.abs(sample.timestamp - stamp) < SAME && left-- === 0) return sample;
    sample.close();
  }
  return undefined;
}
