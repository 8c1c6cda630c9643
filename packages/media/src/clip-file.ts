/**
 * Writes and reads a clip as a file of the cache on disk:
 *
 *     "LOCICLIP" | length of the head, uint32 LE | head, JSON | pixels of all frames, RGB | SHA-256 of all before, 32 bytes
 *
 * The head names the key, so that no file is taken for another. The digest detects a damaged or half-written file.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Clip } from './picture.ts';

const MAGIC = Buffer.from('LOCICLIP');
const DIGEST_BYTES = 32;
const HEAD_AT = MAGIC.length + 4;

const side = z.int().positive();
const headSchema = z.strictObject({
  key: z.string(),
  seconds: z.array(z.number()),
  sizes: z.array(z.tuple([side, side])),
});

/** The parts of the file, in their order. */
export function writeClip(key: string, { frames, seconds }: Clip): readonly Uint8Array[] {
  const sizes = frames.map(({ width, height }) => [width, height]);
  const head = Buffer.from(JSON.stringify({ key, seconds, sizes }));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length);
  const parts = [MAGIC, length, head, ...frames.map(({ pixels }) => pixels)];
  const digest = createHash('sha256');
  for (const part of parts) digest.update(part);
  return [...parts, digest.digest()];
}

/** The clip in a file; undefined when the file is damaged, or has another form or another key. */
export function readClip(file: Buffer, key: string): Clip | undefined {
  const end = file.length - DIGEST_BYTES;
  if (end < HEAD_AT || !file.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const digest = createHash('sha256').update(file.subarray(0, end)).digest();
  if (!digest.equals(file.subarray(end))) return undefined;
  const pixelsAt = HEAD_AT + file.readUInt32LE(MAGIC.length);
  const head = headSchema.safeParse(JSON.parse(file.toString('utf8', HEAD_AT, pixelsAt))).data;
  if (head?.key !== key) return undefined;
  let at = pixelsAt;
  const frames = head.sizes.map(([width, height]) => {
    const pixels = file.subarray(at, (at += 3 * width * height));
    return { width, height, pixels };
  });
  return at === end ? { frames, seconds: head.seconds } : undefined;
}
