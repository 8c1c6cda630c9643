import { mediaUnreadable } from './media-unreadable.ts';
import type { Picture } from './picture.ts';

/**
 * Decodes a JPEG, PNG or WebP file to RGB, upright; transparency is dropped, as the reference drops it.
 *
 * @throws LociError `media-unreadable` naming the file and the reason.
 */
export async function decodeImage(path: string): Promise<Picture> {
  const { default: sharp } = await import('sharp');
  try {
    const { data, info } = await sharp(path, { failOn: 'warning' })
      .rotate()
      .removeAlpha()
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, pixels: new Uint8Array(data) };
  } catch (error) {
    throw mediaUnreadable(path, error);
  }
}
