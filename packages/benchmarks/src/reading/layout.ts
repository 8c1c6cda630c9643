/** Finds the files of a benchmark in the folder that its user unpacked, and reports missing ones with their source. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { LociError } from '@loci/core';
import { videosWithin, whyNoVideo } from './videos-within.ts';

/** A file or folder that a benchmark needs. */
export interface NeededPath {
  /** Its possible paths, relative to the folder, the usual one first; `*` in a file's name matches any text. */
  readonly places: readonly string[];
  /** Its content, `the questions`. */
  readonly holds: string;
  /** How to make it from the files on the hub, `unpack arkitscenes.zip`. */
  readonly how: string;
  /** Other places for videos: anywhere in the folder of the benchmark, or in folders of the same names somewhere in it. */
  readonly videos?: 'anywhere' | 'in-folders-of-this-name';
}

/** The source of a benchmark. */
export interface Origin {
  readonly benchmark: string;
  /** On the hub, `nyu-visionx/VSI-Bench`. */
  readonly repository: string;
  /** A condition of access, where there is one. */
  readonly note?: string;
}

/** The paths in a folder that match a pattern, in alphabetical order. */
export function matchFiles(folder: string, pattern: string): readonly string[] {
  const pieces = pattern.split('/');
  const name = pieces.pop()!;
  const directory = join(folder, ...pieces);
  if (!name.includes('*')) return existsSync(join(directory, name)) ? [join(directory, name)] : [];
  if (!isFolder(directory)) return [];
  const [before = '', after = ''] = name.split('*');
  return readdirSync(directory)
    .filter((file) => file.startsWith(before) && file.endsWith(after))
    .filter((file) => file.length >= before.length + after.length)
    .sort()
    .map((file) => join(directory, file));
}

/** The files of the first place that has some. */
export function locate(folder: string, places: readonly string[]): readonly string[] {
  for (const place of places) {
    const files = matchFiles(folder, place);
    if (files.length > 0) return files;
  }
  return [];
}

/**
 * Checks that a folder has the files of a benchmark before anything is read. Of needed videos, at least one must exist.
 *
 * @throws LociError `benchmark-layout` with everything that is missing, how to make it, and where to get it.
 */
export function checkLayout(folder: string, needed: readonly NeededPath[], origin: Origin): void {
  const absent = missingIn(folder, needed);
  const meant =
    absent.length === 0
      ? undefined
      : nearby(folder).find((other) => missingIn(other, needed).length === 0);
  const missing =
    meant === undefined ? absent.filter((need) => !hasVideosElsewhere(folder, need)) : absent;
  if (missing.length === 0) {
    const videos = needed.filter((need) => need.videos !== undefined);
    if (videos.length > 0) checkVideos(folder, videos, origin);
    return;
  }
  const exists = existsSync(folder);
  if (exists && !isFolder(folder)) {
    throw new LociError(
      'benchmark-layout',
      `${folder} is a file, and ${origin.benchmark} is read from the folder that holds all of it`,
    );
  }
  const lines = missing.map(({ places, holds, how }) => {
    const [usual, ...others] = places;
    const elsewhere = others.length === 0 ? '' : ` (or ${others.join(', ')})`;
    return `  ${usual}${elsewhere}: ${holds}; ${how}`;
  });
  throw new LociError(
    'benchmark-layout',
    [
      exists
        ? `${folder} is not the folder of ${origin.benchmark}: it lacks`
        : `There is no folder ${folder}; ${origin.benchmark} needs one with`,
      ...lines,
      ...(meant === undefined ? [] : [`${meant} has all of it: did you mean that one?`]),
      `Get them with: hf download ${origin.repository} --repo-type dataset --local-dir ${folder}`,
      ...(origin.note === undefined ? [] : [origin.note]),
    ].join('\n'),
  );
}

function missingIn(folder: string, needed: readonly NeededPath[]): readonly NeededPath[] {
  return needed.filter(({ places }) => locate(folder, places).length === 0);
}

function hasVideosElsewhere(folder: string, { places, videos }: NeededPath): boolean {
  if (videos === undefined) return false;
  const names = new Set(
    places.map((place) => place.split('/').findLast((name) => !/\*/u.test(name))),
  );
  for (const path of videosWithin(folder)) {
    if (videos === 'anywhere') return true;
    if (
      dirname(relative(folder, path))
        .split(sep)
        .some((name) => names.has(name))
    )
      return true;
  }
  return false;
}

/** Files to check: when so many are not videos, the others hardly are. */
const LOOKED_INTO = 50;
const SHOWN_ARCHIVES = 5;

/** @throws LociError `benchmark-layout` unless some file in the folder may be a video. */
function checkVideos(folder: string, videos: readonly NeededPath[], origin: Origin): void {
  let looked = 0;
  let fault: string | undefined;
  for (const path of videosWithin(folder)) {
    const why = whyNoVideo(path);
    if (why === undefined) return;
    fault ??= `${path} is ${why}`;
    if (++looked === LOOKED_INTO) break;
  }
  const archives = readdirSync(folder).filter((name) => /\.(?:zip|tar|tgz|gz|7z)\b/u.test(name));
  const more = archives.length > SHOWN_ARCHIVES ? ', …' : '';
  throw new LociError(
    'benchmark-layout',
    [
      fault === undefined
        ? `There is no video anywhere in ${folder}, which ${origin.benchmark} needs`
        : `None of the videos in ${folder} is one: ${fault}`,
      ...videos.map(({ places: [usual], holds, how }) => `  ${usual}: ${holds}; ${how}`),
      ...(archives.length === 0
        ? []
        : [
            `The folder has these archives: ${archives.slice(0, SHOWN_ARCHIVES).join(', ')}${more}`,
          ]),
    ].join('\n'),
  );
}

/** The folder above, and those within. */
function nearby(folder: string): readonly string[] {
  const within = isFolder(folder)
    ? readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
        entry.isDirectory() ? [join(folder, entry.name)] : [],
      )
    : [];
  return [dirname(folder), ...within.sort()];
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}
