/** Previews a video or a picture as a few small JPEGs, for reports, pages and trackers. */
import type { MediaReference } from '@loci/core';
import { decodeImage } from './decode-image.ts';
import { decodeVideo } from './decode-video.ts';
import type { Picture } from './picture.ts';
import { frameShownAt } from './select-frames.ts';

/** The number and the size of the frames. */
export interface StripSize {
  /** Frames of a video, at most. */
  readonly frames: number;
  /** Pixels across each frame, at most. */
  readonly width: number;
}

/**
 * Frames spread evenly over a video, first and last included, each as a JPEG. An image, or a medium with a `second`, gives one.
 *
 * @throws LociError `media-unreadable`.
 * @example const [first] = await frameStrip({ kind: 'video', path }, { frames: 8, width: 240 });
 */
export async function frameStrip(
  { kind, path, second }: MediaReference,
  { frames, width }: StripSize,
): Promise<readonly Buffer[]> {
  const pictures =
    kind === 'video' && second === undefined
      ? await decodeVideo(path, ({ totalFrames }) => spread(frames, totalFrames))
      : second === undefined
        ? [await decodeImage(path)]
        : await decodeVideo(path, (facts) => [frameShownAt(facts, second)]);
  return Promise.all(pictures.map((picture) => pictureJpeg(picture, width)));
}

/** `count` whole numbers spread evenly over 0…size − 1, first and last included; all of them when there are fewer. */
export function spread(count: number, size: number): readonly number[] {
  const shown = Math.min(count, size);
  return Array.from({ length: shown }, (_, index) =>
    shown === 1 ? 0 : Math.round((index * (size - 1)) / (shown - 1)),
  );
}

/** A picture as a JPEG of at most `maxWidth` pixels across. */
export async function pictureJpeg(
  { width, height, pixels }: Picture,
  maxWidth: number,
): Promise<Buffer> {
  const { default: sharp } = await import('sharp');
  const image = sharp(pixels, { raw: { width, height, channels: 3 } });
  const shown = width > maxWidth ? image.resize({ width: maxWidth }) : image;
  return shown.jpeg({ quality: 85 }).toBuffer();
}
