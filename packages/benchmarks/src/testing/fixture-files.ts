/** Writes the files of a fixture folder. */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Real media, small, that every item of a fixture shows. */
export interface FixtureMedia {
  /** Path of a video that is copied to wherever an item has one. */
  readonly video: string;
  /** Encoded images; items that show several take the first ones. */
  readonly images?: readonly Uint8Array[];
}

/** Copies the video to a place in a folder. */
export function placeVideo(media: FixtureMedia, folder: string, place: string): void {
  const path = join(folder, place);
  mkdirSync(dirname(path), { recursive: true });
  copyFileSync(media.video, path);
}

/** Writes a text to a place in a folder. */
export function placeText(folder: string, place: string, text: string): void {
  const path = join(folder, place);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
