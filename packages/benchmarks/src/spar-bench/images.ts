/** Writes the images of SPAR-Bench, which its parquet files hold, into files for policies, once. */
import { createHash } from 'node:crypto';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LociError, messageOf } from '@loci/core';
import { z } from 'zod';

const bytes = z.instanceof(Uint8Array);

/** An image on the hub: encoded, alone or with the name of its original file. */
export const storedImage = z
  .union([bytes, z.looseObject({ bytes })])
  .transform((image) => (image instanceof Uint8Array ? image : image.bytes));

/**
 * The path of an image with these bytes. Writes the file when it is missing or incomplete. Names are hashes, so images that
 * several items share are written once.
 *
 * @throws LociError `benchmark-images` when the folder cannot be written, or the bytes are not an image.
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
      `The images of SPAR-Bench cannot be written to ${folder} (${messageOf(error)}): set benchmark.images to a writable folder`,
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
    `An image of SPAR-Bench begins with ${Buffer.from(image.subarray(0, 8)).toString('hex') || 'nothing'}, which is not an image: download the files again`,
  );
}
