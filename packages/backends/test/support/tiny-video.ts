import {
  FilePathTarget,
  Mp4OutputFormat,
  Output,
  VideoSample,
  VideoSampleSource,
} from 'mediabunny';
import { registerMediabunnyServer } from '@mediabunny/server';

/** Red level of a frame of `writeTinyVideo`: its number can be read off its pixels. */
export const redOf = (frame: number) => 20 * frame;

/** Writes an mp4 of uniform frames whose red level tells their number. */
export async function writeTinyVideo(
  path: string,
  { frames, fps, width, height }: { frames: number; fps: number; width: number; height: number },
): Promise<void> {
  registerMediabunnyServer({ hardwareContext: null });
  const output = new Output({ format: new Mp4OutputFormat(), target: new FilePathTarget(path) });
  const source = new VideoSampleSource({ codec: 'avc', bitrate: 2e6 });
  output.addVideoTrack(source, { frameRate: fps });
  await output.start();
  for (let frame = 0; frame < frames; frame++) {
    const pixels = new Uint8Array(width * height * 4);
    for (let at = 0; at < pixels.length; at += 4) pixels.set([redOf(frame), 90, 60, 255], at);
    const sample = new VideoSample(pixels, {
      format: 'RGBA',
      codedWidth: width,
      codedHeight: height,
      timestamp: frame / fps,
      duration: 1 / fps,
    });
    await source.add(sample);
    sample.close();
  }
  await output.finalize();
}
