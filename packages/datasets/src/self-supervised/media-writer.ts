/** Writes the media of questions into numbered files. A failed write fails the whole folder. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Picture } from '@loci/media';
import { encodeFilm } from '../rooms/video.ts';
import type { DraftMedium } from './task.ts';

/** Files being written at the same time. */
const WRITING_AT_ONCE = 8;

/** Writes PNG and mp4 files into the folder `media` of a folder, a few at a time. */
export class MediaWriter {
  readonly #folder: string;
  readonly #framesPerSecond: number;
  /** Unfinished writes, and failed ones. */
  readonly #writing = new Set<Promise<void>>();
  #count = 0;

  /** @param folder that has a folder `media`. */
  constructor(folder: string, framesPerSecond: number) {
    this.#folder = folder;
    this.#framesPerSecond = framesPerSecond;
  }

  /**
   * Starts to write a medium.
   *
   * @returns Its path within the folder.
   * @throws Error of an earlier medium that could not be written.
   */
  async write(medium: DraftMedium): Promise<string> {
    const ending = medium.kind === 'image' ? 'png' : 'mp4';
    const path = `media/${String(this.#count++).padStart(6, '0')}.${ending}`;
    const one = this.#encoded(medium)
      .then((content) => writeFile(join(this.#folder, path), content))
      .then(() => void this.#writing.delete(one));
    // A failed write stays in the set: a later `write`, or `end`, throws its error.
    one.catch(() => undefined);
    this.#writing.add(one);
    if (this.#writing.size >= WRITING_AT_ONCE) await Promise.race(this.#writing);
    return path;
  }

  /** Waits for all files. @throws Error of a medium that could not be written. */
  async end(): Promise<void> {
    await Promise.all(this.#writing);
  }

  /** Waits until no file is being written, whether writing succeeds or fails. */
  async settle(): Promise<void> {
    await Promise.allSettled(this.#writing);
  }

  #encoded(medium: DraftMedium): Promise<Uint8Array> {
    return medium.kind === 'image'
      ? png(medium.picture)
      : mp4(medium.frames, this.#framesPerSecond);
  }
}

async function png({ width, height, pixels }: Picture): Promise<Uint8Array> {
  const { sharp } = await import('@loci/media/sharp');
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

function mp4(frames: readonly Picture[], framesPerSecond: number): Promise<Uint8Array> {
  const [{ width, height }] = frames as readonly [Picture, ...Picture[]];
  const pixels = new Uint8Array(frames.length * 3 * width * height);
  for (const [index, frame] of frames.entries()) {
    pixels.set(frame.pixels, index * frame.pixels.length);
  }
  const none = { visiblePixels: new Uint32Array(0), firstVisible: new Int16Array(0) };
  return encodeFilm({ frames: frames.length, width, height, pixels, ...none }, framesPerSecond);
}
