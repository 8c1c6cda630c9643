/** Makes the clips for timing the readers. Something moves in every frame, so that decoding has work to do. */
import { join } from 'node:path';
import { loadMediabunny } from '@loci/media';

/** A clip of the benchmark. */
export interface BenchClip {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly codec: 'avc' | 'hevc' | 'vp9' | 'av1';
  readonly ending: 'mp4' | 'webm' | 'mkv';
  readonly fps: number;
  readonly seconds: number;
}

const walk = { width: 640, height: 480, fps: 30, seconds: 8 } as const;

/** A room of the default run; a walk through a house as ScanNet films it, in each codec; the same in high definition. */
export const BENCH_CLIPS: readonly BenchClip[] = [
  { name: 'room', width: 168, height: 112, codec: 'avc', ending: 'mp4', fps: 4, seconds: 4 },
  { name: 'walk h264', ...walk, codec: 'avc', ending: 'mp4' },
  { name: 'walk hevc', ...walk, codec: 'hevc', ending: 'mp4' },
  { name: 'walk vp9', ...walk, codec: 'vp9', ending: 'webm' },
  { name: 'walk av1', ...walk, codec: 'av1', ending: 'mkv' },
  { name: 'HD h264', width: 1920, height: 1080, codec: 'avc', ending: 'mp4', fps: 30, seconds: 4 },
];

/** Writes a clip into a folder; the path. */
export async function writeBenchClip(folder: string, clip: BenchClip): Promise<string> {
  const mediabunny = await loadMediabunny();
  process.env['SVT_LOG'] ??= '1'; // the AV1 encoder logs errors only
  const { width, height, codec, ending, fps } = clip;
  const path = join(folder, `${clip.name.replace(' ', '-')}.${ending}`);
  const formats = {
    mp4: mediabunny.Mp4OutputFormat,
    webm: mediabunny.WebMOutputFormat,
    mkv: mediabunny.MkvOutputFormat,
  };
  const output = new mediabunny.Output({
    format: new formats[ending](),
    target: new mediabunny.FilePathTarget(path),
  });
  const source = new mediabunny.VideoSampleSource({
    codec,
    bitrate: 3 * width * height,
    latencyMode: 'realtime',
  });
  output.addVideoTrack(source, { frameRate: fps });
  await output.start();
  const pixels = new Uint8Array(width * height * 4);
  for (let frame = 0; frame < fps * clip.seconds; frame++) {
    paint(pixels, width, frame);
    const sample = new mediabunny.VideoSample(pixels, {
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
  return path;
}

/** Waves that travel across the picture, with a pattern fine enough to cost bits. */
function paint(pixels: Uint8Array, width: number, frame: number): void {
  for (let at = 0; at < pixels.length; at += 4) {
    const x = (at >> 2) % width;
    const y = Math.floor((at >> 2) / width);
    pixels[at] = (x + 3 * frame) & 255;
    pixels[at + 1] = (y + 2 * frame) & 255;
    pixels[at + 2] = ((x * y) >> 5) & 255;
    pixels[at + 3] = 255;
  }
}
