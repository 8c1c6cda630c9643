/** Encodes films as mp4 files (H.264), with FFmpeg inside node-av through mediabunny. */
import type { Film } from './render.ts';

/** H.264 quantizer, 0…51: small is faithful. A constant one gives the same pixels however many threads encode. */
const QUANTIZER = 16;

/** Whether this installation can encode videos: authors of rewards may work without `@loci/media`. */
export async function canFilm(): Promise<boolean> {
  try {
    await import('@loci/media');
    return true;
  } catch (thrown) {
    const { code, message } = thrown as NodeJS.ErrnoException;
    if (code === 'ERR_MODULE_NOT_FOUND' && message.includes("'@loci/media'")) return false;
    throw thrown;
  }
}

/**
 * Encodes a film. The same film gives the same pixels when decoded.
 * @param framesPerSecond Frame `i` is shown from `i / framesPerSecond` seconds on.
 * @returns The bytes of an mp4 file.
 */
export async function encodeFilm(film: Film, framesPerSecond: number): Promise<Uint8Array> {
  // Loaded by the first film: loading takes longer than most commands.
  const { loadMediabunny } = await import('@loci/media');
  const { BufferTarget, Mp4OutputFormat, Output, Quality, VideoSample, VideoSampleSource } =
    await loadMediabunny();
  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat(), target });
  const source = new VideoSampleSource({
    codec: 'avc',
    quality: new Quality({ quantizer: QUANTIZER }),
    latencyMode: 'realtime',
    hardwareAcceleration: 'prefer-software',
  });
  output.addVideoTrack(source, { frameRate: framesPerSecond });
  await output.start();
  const frameBytes = film.height * film.width * 3;
  for (let frame = 0; frame < film.frames; frame++) {
    const sample = new VideoSample(
      withAlpha(film.pixels.subarray(frame * frameBytes, (frame + 1) * frameBytes)),
      {
        format: 'RGBX',
        codedWidth: film.width,
        codedHeight: film.height,
        timestamp: frame / framesPerSecond,
        duration: 1 / framesPerSecond,
      },
    );
    await source.add(sample);
    sample.close();
  }
  await output.finalize();
  return new Uint8Array(target.buffer!);
}

/** RGB as RGBX, the packed form that encoders take. */
function withAlpha(rgb: Uint8Array): Uint8Array {
  const rgbx = new Uint8Array((rgb.length / 3) * 4);
  for (let from = 0, to = 0; from < rgb.length; from += 3, to += 4) {
    rgbx[to] = rgb[from]!;
    rgbx[to + 1] = rgb[from + 1]!;
    rgbx[to + 2] = rgb[from + 2]!;
    rgbx[to + 3] = 255;
  }
  return rgbx;
}
