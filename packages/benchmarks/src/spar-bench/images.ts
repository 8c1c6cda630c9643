/** The images of SPAR-Bench stand in its parquet files; policies want files. They are written beside the data once. */
import { createHash } from 'node:crypto';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LociError, messageOf } from '@loci/core';
import { z } from 'zod';

const bytes = z.instanceof(Uint8Array);

/** An image as the hub stores it: encoded, alone or with the name of the file that it was. */
export const storedImage = z
  .union([bytes, z.looseObject({ bytes })])
  .transform((image) => (image instanceof Uint8Array ? image : image.bytes));

/**
 * The path of an image with these bytes, written when it is not there yet. Names are hashes, so images that several items share
 * are written once. A part of one, that a killed process left, is replaced.
 *
 * @throws LociError `benchmark-images` when the folder cannot be written, or the bytes are no image.
 */
export function imageFile(folder: string, image: Uint8Array): string {
  const name = createHash('sha256').update(image).digest('hex').slice(0, 32);
  const path = join(folder, `${name}.${extensionOf(image)}`);
  try {
    mkdirSync(folder, { recursive: true });
    const written = statSync(path, { throwIfNoEntry: false })?.size;
    if (written !== image.length) writeFileSync(path, image);
  } catch (error) {
    throw new LociError(
      'benchmark-images',
      `The images of SPAR-Bench cannot be written to ${folder} (${messageOf(error)}): set options.images to a folder that can`,
      { cause: error },
    );
  }
  return path;
}

const SIGNATURES: readonly (readonly [extension: string, at: number, signature: string])[] = [
  ['png', 0, '\x89PNG'],
  ['jpg', 0, '\xff\xd8\xff'],
  ['webp', 8, 'WEBP'],
  ['gif', 0, 'GIF8'],
  ['bmp', 0, 'BM'],
];

function extensionOf(image: Uint8Array): string {
  const head = Buffer.from(image.subarray(0, 16)).toString('latin1');
  const found = SIGNATURES.find(([, at, signature]) => head.startsWith(signature, at));
  if (found !== undefined) return found[0];
  throw new LociError(
    'benchmark-images',
    `An image of SPAR-Bench begins with ${Buffer.from(image.subarray(0, 8)).toString('hex') || 'nothing'}, which is no image`,
  );
}
