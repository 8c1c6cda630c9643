/** Turns a decoded frame into upright RGB. */
import type { VideoSample } from 'mediabunny';
import { orientPicture } from './orient.ts';
import { checkPixels } from './picture.ts';
import type { Picture } from './picture.ts';
import { isPlanarYuv, needsOwnMatrix, yuvToRgb } from './yuv-to-rgb.ts';
import type { ColorCoding } from './yuv-to-rgb.ts';

/** The published declarations of WebCodecs have no `format` yet. */
const RGBA: VideoFrameCopyToOptions & { readonly format: 'RGBA' } = { format: 'RGBA' };

/**
 * The stored pixels, turned upright; pixels that are not square stay so.
 *
 * @param container the color coding in the container, which counts where the stream has none.
 * @throws Error when the frame exceeds the limit of pixels.
 */
export async function samplePicture(
  sample: VideoSample,
  container: VideoColorSpaceInit,
): Promise<Picture> {
  const { width, height } = sample.visibleRect;
  checkPixels(width, height);
  const coding: ColorCoding = {
    matrix: sample.colorSpace.matrix ?? container.matrix ?? null,
    fullRange: sample.colorSpace.fullRange ?? container.fullRange ?? null,
  };
  const pixels =
    needsOwnMatrix(coding) && isPlanarYuv(sample.format)
      ? await ownRgb(sample, coding)
      : await scalerRgb(sample);
  return orientPicture({ width, height, pixels }, sample);
}

async function ownRgb(sample: VideoSample, coding: ColorCoding): Promise<Uint8Array> {
  const bytes = new Uint8Array(sample.allocationSize());
  const planes = await sample.copyTo(bytes);
  return yuvToRgb(bytes, planes, sample.format, sample.visibleRect, coding);
}

/** Room of the last frame, for the next one. A frame that is being read has taken it. */
let spare = new Uint8Array(0);

async function scalerRgb(sample: VideoSample): Promise<Uint8Array> {
  const { width, height } = sample.visibleRect;
  const size = sample.allocationSize(RGBA);
  const rgba = spare.length === size ? spare : new Uint8Array(size);
  spare = new Uint8Array(0);
  const [plane] = await sample.copyTo(rgba, RGBA);
  const pixels = new Uint8Array(width * height * 3);
  for (let y = 0, to = 0; y < height; y++) {
    let from = plane!.offset + y * plane!.stride;
    for (let x = 0; x < width; x++, from += 4) {
      pixels[to++] = rgba[from]!;
      pixels[to++] = rgba[from + 1]!;
      pixels[to++] = rgba[from + 2]!;
    }
  }
  spare = rgba;
  return pixels;
}
