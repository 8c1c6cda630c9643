/**
 * Decodes pictures to the pixels that Pillow and `qwen_vl_utils`, the model's own readers, give. Files with small faults are read as
 * leniently as those read them.
 */
import { readFile, stat } from 'node:fs/promises';
import type { Metadata, Sharp, SharpOptions } from 'sharp';
import { messageOf } from '@loci/core';
import { decodeBmp } from './decode-bmp.ts';
import { formOfFile } from './file-form.ts';
import { transparentColor, withTransparentColor } from './gif-color.ts';
import { checkPixels } from './picture.ts';
import type { Picture } from './picture.ts';
import { hasAlphaChannel, withTrueChecksums } from './png-chunks.ts';
import { cmykToRgb, overWhite, withoutAlpha } from './to-rgb.ts';
import { mediaUnreadable, notPicture, unreadPicture } from './unreadable-reason.ts';

/**
 * Decodes a JPEG, PNG, WebP, GIF, BMP, TIFF or AVIF file, whatever its name ends in, to upright RGB. An animation gives its first
 * frame. Transparent pixels lie on white. Color profiles are ignored.
 *
 * @throws LociError `media-unreadable` naming the file and the reason: missing, empty, truncated, not a picture, beyond the limit of
 * pixels.
 */
export async function decodeImage(path: string): Promise<Picture> {
  try {
    if ((await stat(path)).size === 0) throw new Error('it is empty');
    const form = await formOfFile(path);
    const reason = notPicture(form);
    if (reason !== undefined) throw new Error(reason);
    const file = await readFile(path);
    if (form?.name === 'BMP') {
      const { width, height, channels, pixels } = decodeBmp(file);
      return { width, height, pixels: channels === 4 ? overWhite(pixels) : pixels };
    }
    return await decodeFile(file, form?.name).catch((error: unknown) => {
      if (error instanceof RangeError) throw error;
      throw new Error(unreadPicture(path, form, messageOf(error)), { cause: error });
    });
  } catch (error) {
    throw mediaUnreadable(path, error);
  }
}

async function decodeFile(file: Buffer, form: string | undefined): Promise<Picture> {
  try {
    return await decodeWithSharp(file, form);
  } catch (error) {
    if (form !== 'PNG' || error instanceof RangeError) throw error;
    // The pixels may be whole in spite of a wrong checksum: their own stream has another.
    return decodeWithSharp(withTrueChecksums(file), form);
  }
}

/** Like Pillow, ignores the warnings of decoders and rejects truncated files. */
const OPTIONS: SharpOptions = { failOn: 'error', ignoreIcc: true, limitInputPixels: false };

async function decodeWithSharp(file: Buffer, form: string | undefined): Promise<Picture> {
  const { default: sharp } = await import('sharp');
  const metadata = await sharp(file, OPTIONS).metadata();
  checkPixels(metadata.width, metadata.height);
  const upright = sharp(file, OPTIONS).rotate();
  if (metadata.space === 'cmyk') {
    const { data, width, height } = await rawOf(
      upright.pipelineColourspace('cmyk').toColourspace('cmyk'),
    );
    return { width, height, pixels: cmykToRgb(data) };
  }
  const { data, width, height, channels } = await rawOf(upright.toColourspace('srgb'));
  return { width, height, pixels: rgbOf(data, channels, file, form, metadata) };
}

async function rawOf(image: Sharp) {
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  return { data: new Uint8Array(data), width, height, channels };
}

/** Lays on white what Pillow opens as RGBA; drops the transparency of palettes, of a transparent color, and of 8-bit gray. */
function rgbOf(
  data: Uint8Array,
  channels: number,
  file: Buffer,
  form: string | undefined,
  { channels: stored }: Metadata,
): Uint8Array {
  if (channels !== 4) return withoutAlpha(data, channels);
  if (form === 'GIF') return withTransparentColor(data, transparentColor(file));
  const isRgba = form === 'PNG' ? hasAlphaChannel(file) : stored === 4;
  return isRgba ? overWhite(data) : withoutAlpha(data, channels);
}
