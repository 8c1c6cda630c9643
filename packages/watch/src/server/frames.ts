/** Frames of a video, or a picture, as JPEG: for browsers that cannot play it, and for a look at all of it at once. */
import { decodeImage, decodeVideo, frameShownAt } from '@loci/media';
import type { Picture } from '@loci/media';
import type { MediaReference } from '@loci/core';
import sharp from 'sharp';

/** Frames of a strip. */
export const STRIP_FRAMES = 8;
/** Pixels across, at most. */
const WIDTH = 240;
/** Strips that are kept in memory. */
const KEPT = 64;

const strips = new Map<string, Promise<readonly Buffer[]>>();

/**
 * Up to `STRIP_FRAMES` frames spread over a video, first and last included; one of an image.
 *
 * @throws LociError `media-unreadable`.
 */
export function strip(media: MediaReference): Promise<readonly Buffer[]> {
  const key = `${media.path}\n${media.second ?? ''}`;
  const made = strips.get(key) ?? jpegs(media);
  strips.delete(key);
  strips.set(key, made);
  made.catch(() => strips.delete(key));
  if (strips.size > KEPT) strips.delete(strips.keys().next().value!);
  return made;
}

async function jpegs({ kind, path, second }: MediaReference): Promise<readonly Buffer[]> {
  const pictures =
    kind === 'video'
      ? await decodeVideo(path, ({ totalFrames }) => spread(totalFrames))
      : second === undefined
        ? [await decodeImage(path)]
        : await decodeVideo(path, (facts) => [frameShownAt(facts, second)]);
  return Promise.all(pictures.map(jpegOf));
}

/** Whole numbers spread evenly over 0…size − 1, first and last included. */
function spread(size: number): readonly number[] {
  const count = Math.min(STRIP_FRAMES, size);
  return Array.from({ length: count }, (_, index) =>
    count === 1 ? 0 : Math.round((index * (size - 1)) / (count - 1)),
  );
}

function jpegOf({ width, height, pixels }: Picture): Promise<Buffer> {
  const image = sharp(pixels, { raw: { width, height, channels: 3 } });
  return (width > WIDTH ? image.resize({ width: WIDTH }) : image).jpeg({ quality: 85 }).toBuffer();
}
