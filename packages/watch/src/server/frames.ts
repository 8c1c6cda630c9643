/** Makes JPEG frames of a video or a picture, for browsers that cannot play it, and as an overview. */
import { frameStrip } from '@loci/media';
import type { MediaReference } from '@loci/core';

/** Frames of a strip, and pixels across each. */
const SIZE = { frames: 8, width: 240 };
/** Strips in memory. */
const KEPT = 64;

const strips = new Map<string, Promise<readonly Buffer[]>>();

/**
 * Up to eight frames spread over a video, first and last included; one of an image.
 *
 * @throws LociError `media-unreadable`.
 */
export function strip(media: MediaReference): Promise<readonly Buffer[]> {
  const key = `${media.path}\n${media.second ?? ''}`;
  const made = strips.get(key) ?? frameStrip(media, SIZE);
  strips.delete(key);
  strips.set(key, made);
  made.catch(() => strips.delete(key));
  if (strips.size > KEPT) strips.delete(strips.keys().next().value!);
  return made;
}
