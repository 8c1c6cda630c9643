/** Writes small video files whose frames show their number and their orientation. */
import {
  AudioSample,
  AudioSampleSource,
  FilePathTarget,
  MkvOutputFormat,
  MovOutputFormat,
  Mp4OutputFormat,
  Output,
  VideoSample,
  VideoSampleSource,
  WebMOutputFormat,
} from 'mediabunny';
import type { OutputFormat, VideoTrackMetadata } from 'mediabunny';
import { registerMediabunnyServer } from '@mediabunny/server';
import type { Picture } from '../picture.ts';

/** Red level of a frame of `writeTinyVideo`, from which a test gets its number. */
export const redOf = (frame: number) => 20 * frame;

/** Paints a frame, RGBA. */
type Paint = (frame: number, width: number, height: number) => Uint8Array;

const uniform: Paint = (frame, width, height) => {
  const pixels = new Uint8Array(width * height * 4);
  for (let at = 0; at < pixels.length; at += 4) pixels.set([redOf(frame), 90, 60, 255], at);
  return pixels;
};

/** The left half is greener, the upper half bluer: `cornersOf` reads both. */
export const quartered: Paint = (frame, width, height) => {
  const pixels = uniform(frame, width, height);
  for (let at = 0; at < pixels.length; at += 4) {
    const x = (at / 4) % width;
    const y = Math.floor(at / 4 / width);
    pixels[at + 1] = 2 * x < width ? 180 : 60;
    pixels[at + 2] = 2 * y < height ? 180 : 60;
  }
  return pixels;
};

/** The corners that `quartered` painted, row by row: `G` and `B` where green and blue are strong. */
export function cornersOf({ width, height, pixels }: Picture): string {
  const corner = (x: number, y: number) => {
    const at = 3 * (y * width + x);
    return `${pixels[at + 1]! > 120 ? 'G' : '-'}${pixels[at + 2]! > 120 ? 'B' : '-'}`;
  };
  return [
    [0, 0],
    [width - 1, 0],
    [0, height - 1],
    [width - 1, height - 1],
  ]
    .map(([x, y]) => corner(x!, y!))
    .join(' ');
}

interface TinyVideo {
  readonly width: number;
  readonly height: number;
  /** When each frame begins, in seconds; the last one lasts as long as the one before. */
  readonly times: readonly number[];
  readonly codec?: 'avc' | 'hevc' | 'vp8' | 'vp9' | 'av1';
  readonly track?: VideoTrackMetadata;
  readonly paint?: Paint;
  /** By default the one of the path's extension. */
  readonly format?: OutputFormat;
}

/** `count` times, `fps` a second. */
export const evenTimes = (count: number, fps: number): readonly number[] =>
  Array.from({ length: count }, (_, frame) => frame / fps);

function formatOf(path: string): OutputFormat {
  if (path.endsWith('.webm')) return new WebMOutputFormat();
  if (path.endsWith('.mov')) return new MovOutputFormat();
  return path.endsWith('.mkv') ? new MkvOutputFormat() : new Mp4OutputFormat();
}

/** Writes a video. AV1 needs sides of at least 64, H.264 and HEVC even ones. */
export async function writeVideo(path: string, video: TinyVideo): Promise<void> {
  const { width, height, times, codec = 'avc', track = {}, paint = uniform } = video;
  registerMediabunnyServer({ hardwareContext: null });
  const format = video.format ?? formatOf(path);
  const output = new Output({ format, target: new FilePathTarget(path) });
  // Frames that may refer to later ones come out of the encoder in another order than they are shown in.
  const source = new VideoSampleSource({ codec, bitrate: 2e6, latencyMode: 'quality' });
  output.addVideoTrack(source, track);
  await output.start();
  for (const [frame, timestamp] of times.entries()) {
    const duration =
      frame + 1 < times.length
        ? times[frame + 1]! - timestamp
        : timestamp - (times[frame - 1] ?? -1);
    const layout = { format: 'RGBA', codedWidth: width, codedHeight: height } as const;
    const sample = new VideoSample(paint(frame, width, height), { ...layout, timestamp, duration });
    await source.add(sample);
    sample.close();
  }
  await output.finalize();
}

/** Writes an mp4 of uniform frames whose red level encodes their number. */
export function writeTinyVideo(
  path: string,
  { frames, fps, width, height }: { frames: number; fps: number; width: number; height: number },
): Promise<void> {
  const times = evenTimes(frames, fps);
  return writeVideo(path, { width, height, times, track: { frameRate: fps } });
}

/** Writes a file with sound and no picture. */
export async function writeSound(path: string): Promise<void> {
  const output = new Output({ format: formatOf(path), target: new FilePathTarget(path) });
  const source = new AudioSampleSource({ codec: 'pcm-s16' });
  output.addAudioTrack(source);
  await output.start();
  const sample = new AudioSample({
    data: new Int16Array(800),
    format: 's16',
    numberOfChannels: 1,
    sampleRate: 8000,
    timestamp: 0,
  });
  await source.add(sample);
  sample.close();
  await output.finalize();
}
