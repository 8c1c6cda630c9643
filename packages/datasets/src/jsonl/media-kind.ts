/** Decides by its name whether a file is a video or an image. */
import { extname } from 'node:path';
import type { MediaReference } from '@loci/core';

const VIDEOS = new Set([
  ...['.mp4', '.m4v', '.mov', '.webm', '.mkv', '.ts', '.mts', '.m2ts', '.avi'],
]);
const IMAGES = new Set([
  ...['.jpg', '.jpeg', '.png', '.webp', '.gif', '.bmp', '.tif', '.tiff', '.avif', '.heic'],
]);

/** The kind of a file with this extension; undefined for other extensions. @example mediaKind('a/walk.MP4') // 'video' */
export function mediaKind(path: string): MediaReference['kind'] | undefined {
  const extension = extname(path).toLowerCase();
  if (VIDEOS.has(extension)) return 'video';
  return IMAGES.has(extension) ? 'image' : undefined;
}
