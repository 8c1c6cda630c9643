/** Finds the videos of a folder, and splits them into train and test. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { LociError, deriveSeed } from '@loci/core';
import type { Split } from '@loci/core';

/** A video file. */
export interface FoundVideo {
  /** Relative to the folder, `/` between folders on every system. */
  readonly name: string;
  readonly path: string;
  /** Digest of its size, beginning and end: another file under the same name makes other questions. */
  readonly digest: string;
}

const ENDINGS = /\.(?:mp4|m4v|mov|webm|mkv|ts)$/iu;

/** Bytes of each end of a file that its digest is made of. */
const END_BYTES = 65_536;

/**
 * The videos in a folder and its subfolders, by name. Links are not followed.
 *
 * @param made Absolute; videos in this folder were made from others and are skipped.
 * @throws LociError `videos-missing` when there is no such folder, or no video in it.
 */
export async function findVideos(folder: string, made: string): Promise<readonly FoundVideo[]> {
  if (!existsSync(folder)) {
    throw new LociError(
      'videos-missing',
      `There is no folder ${folder}: name one with videos in dataset.videos`,
    );
  }
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() && ENDINGS.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !resolve(path).startsWith(`${resolve(made)}${sep}`));
  if (paths.length === 0) {
    throw new LociError(
      'videos-missing',
      `${folder} holds no video: Loci reads files that end in mp4, m4v, mov, webm, mkv or ts`,
    );
  }
  const found: FoundVideo[] = [];
  for (const path of paths) {
    const name = relative(folder, path).split(sep).join('/');
    found.push({ name, path, digest: await digestOf(path) });
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The videos of a split, in a random order: neighbors by name may show one place. No video is in both splits. */
export function videosOfSplit(
  videos: readonly FoundVideo[],
  split: Split,
  testShare: number,
  seed: number,
): readonly FoundVideo[] {
  const drawn = [...videos].sort((a, b) => keyOf(a, seed) - keyOf(b, seed));
  const tests = Math.round(testShare * videos.length);
  return split === 'test' ? drawn.slice(0, tests) : drawn.slice(tests);
}

function keyOf({ name }: FoundVideo, seed: number): number {
  return deriveSeed(seed, 'self-supervised', 'split', name);
}

async function digestOf(path: string): Promise<string> {
  const { size } = await stat(path);
  const digest = createHash('sha256').update(`${size}\n`);
  const file = await open(path);
  try {
    for (const from of [0, Math.max(0, size - END_BYTES)]) {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(END_BYTES), 0, END_BYTES, from);
      digest.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
  return digest.digest('hex').slice(0, 16);
}
