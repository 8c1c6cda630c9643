import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { registerMediabunnyServer } from '@mediabunny/server';
import {
  FilePathTarget,
  Mp4OutputFormat,
  Output,
  VideoSample,
  VideoSampleSource,
} from 'mediabunny';
import sharp from 'sharp';
import type { FixtureMedia } from '../../src/testing/index.ts';

const WIDTH = 64;
const HEIGHT = 48;
const FRAMES = 10;
const FPS = 10;

/** A real video of one second and two real images. */
export async function tinyMedia(folder: string): Promise<FixtureMedia> {
  const video = join(folder, 'tiny.mp4');
  await writeVideo(video);
  const images = await Promise.all(['#a0522d', '#2d52a0'].map(picture));
  return { video, images };
}

/** Bytes with the name of a video, for tests that never open one. */
export function namedMedia(folder: string): FixtureMedia {
  const video = join(folder, 'named.mp4');
  writeFileSync(video, 'no video');
  return { video };
}

/** One encoded image of one colour. */
export function picture(background: string): Promise<Buffer> {
  return sharp({ create: { width: WIDTH, height: HEIGHT, channels: 3, background } })
    .png()
    .toBuffer();
}

async function writeVideo(path: string): Promise<void> {
  registerMediabunnyServer({ hardwareContext: null });
  const output = new Output({ format: new Mp4OutputFormat(), target: new FilePathTarget(path) });
  const source = new VideoSampleSource({ codec: 'avc', bitrate: 2e5 });
  output.addVideoTrack(source, { frameRate: FPS });
  await output.start();
  for (let frame = 0; frame < FRAMES; frame++) {
    const pixels = new Uint8Array(WIDTH * HEIGHT * 4).fill(20 * frame);
    const sample = new VideoSample(pixels, {
      format: 'RGBA',
      codedWidth: WIDTH,
      codedHeight: HEIGHT,
      timestamp: frame / FPS,
      duration: 1 / FPS,
    });
    await source.add(sample);
    sample.close();
  }
  await output.finalize();
}
