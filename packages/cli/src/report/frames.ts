import sharp from 'sharp';
import { html } from './html.ts';
import type { Html } from './html.ts';

/** A decoded picture: 8-bit RGB, row by row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** `count` whole numbers spread evenly over 0…size − 1, first and last included; all of them when there are fewer. */
export function spread(count: number, size: number): readonly number[] {
  if (size <= count) return Array.from({ length: size }, (_, index) => index);
  if (count === 1) return [0];
  return Array.from({ length: count }, (_, index) =>
    Math.round((index * (size - 1)) / (count - 1)),
  );
}

/** A picture as a PNG data URI of at most `maxWidth` pixels across. */
export async function pictureUri(picture: Picture, maxWidth: number): Promise<string> {
  const { width, height, pixels } = picture;
  const image = sharp(pixels, { raw: { width, height, channels: 3 } });
  const shown = width > maxWidth ? image.resize({ width: maxWidth }) : image;
  const png = await shown.png({ compressionLevel: 9, palette: true }).toBuffer();
  return `data:image/png;base64,${png.toString('base64')}`;
}

/** A film strip of pictures, each `width` CSS pixels wide. */
export async function stripHtml(pictures: readonly Picture[], width: number): Promise<Html> {
  const uris = await Promise.all(pictures.map((picture) => pictureUri(picture, width)));
  return html`<div class="row">
    ${uris.map((uri, index) => html`<img src="${uri}" width="${width}" alt="frame ${index + 1}" />`)}
  </div>`;
}
