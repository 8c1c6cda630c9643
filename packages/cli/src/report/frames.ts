/** Frames of a rollout's video or image, as pictures inside the page. */
import type { Picture } from '@loci/media';
import { LociError } from '@loci/core';
import type { MediaReference } from '@loci/core';
import { html } from '../page/html.ts';
import type { Html } from '../page/html.ts';

/** `count` whole numbers spread evenly over 0…size − 1, first and last included; all of them when there are fewer. */
export function spread(count: number, size: number): readonly number[] {
  if (size <= count) return Array.from({ length: size }, (_, index) => index);
  if (count === 1) return [0];
  return Array.from({ length: count }, (_, index) =>
    Math.round((index * (size - 1)) / (count - 1)),
  );
}

/** A picture as a JPEG data URI of at most `maxWidth` pixels across. */
export async function pictureUri(picture: Picture, maxWidth: number): Promise<string> {
  const { width, height, pixels } = picture;
  const { sharp } = await import('@loci/media/sharp');
  const image = sharp(pixels, { raw: { width, height, channels: 3 } });
  const shown = width > maxWidth ? image.resize({ width: maxWidth }) : image;
  const jpeg = await shown.jpeg({ quality: 85 }).toBuffer();
  return `data:image/jpeg;base64,${jpeg.toString('base64')}`;
}

async function picturesOf(
  { kind, path, second }: MediaReference,
  count: number,
): Promise<readonly Picture[]> {
  const { decodeImage, decodeVideo, frameShownAt } = await import('@loci/media');
  if (kind === 'video') return decodeVideo(path, ({ totalFrames }) => spread(count, totalFrames));
  if (second === undefined) return [await decodeImage(path)];
  return decodeVideo(path, (facts) => [frameShownAt(facts, second)]);
}

/**
 * `count` frames spread over a video, or the image, each `width` CSS pixels wide. A file that cannot be read (any more) leaves
 * a sentence that says so: a report must not fail because a video has moved.
 */
export async function stripHtml(
  media: MediaReference,
  count: number,
  width: number,
): Promise<Html> {
  let pictures: readonly Picture[];
  try {
    pictures = await picturesOf(media, count);
  } catch (thrown) {
    if (!LociError.is(thrown)) throw thrown;
    return html`<div class="faint">${thrown.message}</div>`;
  }
  const uris = await Promise.all(pictures.map((picture) => pictureUri(picture, width)));
  return html`<div class="row">
    ${uris.map((uri, index) => html`<img src="${uri}" width="${width}" alt="frame ${index + 1}" />`)}
  </div>`;
}
