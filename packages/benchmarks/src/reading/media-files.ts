/** Finds the video of an item. A missing video is a fact about the item, not an error of the benchmark. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, extname, join, relative, sep } from 'node:path';
import { isWithinFolder } from '@loci/core';
import type { MediaReference } from '@loci/core';
import { VIDEO_EXTENSIONS, videosWithin } from './videos-within.ts';

/** The media of an item, and the reason to skip the item where they are missing. */
export interface FoundMedia {
  readonly media: readonly MediaReference[];
  readonly missing?: string;
}

const EXTENSIONS: readonly string[] = [...VIDEO_EXTENSIONS, '.MP4'];

/**
 * Looks for videos in folders, the usual one first, and then anywhere within `data`, where archives may have been unpacked one by one. It caches
 * listings, since many items share a folder. A video with another extension counts as found. A name that leads out of `data` counts as missing
 * unless `allowOutside` is set.
 */
export function createVideoFinder(
  folders: readonly string[],
  data?: string,
  allowOutside = false,
): (name: string) => FoundMedia {
  const listings = new Map<string, ReadonlySet<string>>();
  const listing = (folder: string): ReadonlySet<string> => {
    const known = listings.get(folder);
    if (known !== undefined) return known;
    const names = new Set(existsSync(folder) ? readdirSync(folder) : []);
    listings.set(folder, names);
    return names;
  };
  let within: ReadonlyMap<string, readonly string[]> | undefined;
  return (name) => {
    const [usual] = folders;
    if (!allowOutside && !isWithinFolder(data ?? usual!, name, usual)) {
      const path = join(usual!, name);
      return {
        media: [{ kind: 'video', path }],
        missing: `The video ${name} lies outside of ${data ?? usual!}; set benchmark.allowOutside to true to show it anyway`,
      };
    }
    const stem = stemOf(name);
    const candidates = [name, ...EXTENSIONS.map((extension) => stem + extension)];
    for (const folder of folders) {
      for (const candidate of candidates) {
        const path = join(folder, candidate);
        if (listing(dirname(path)).has(basename(path))) {
          return { media: [{ kind: 'video', path }] };
        }
      }
    }
    const path = join(folders[0]!, name);
    const missing = {
      media: [{ kind: 'video', path }],
      missing: `There is no video ${path}`,
    } as const;
    if (data === undefined) return missing;
    within ??= byName(data);
    const steps = stem.split('/');
    const found = (within.get(steps.pop()!) ?? []).filter((other) =>
      hasSteps(relative(data, other).split(sep), steps),
    );
    if (found.length === 0) return missing;
    const [only, second] = found;
    if (second === undefined) return { media: [{ kind: 'video', path: only! }] };
    return { ...missing, missing: `Which video is ${name}? There are ${found.join(' and ')}` };
  };
}

/** Videos by their names without folder and extension. */
function byName(data: string): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, string[]>();
  for (const path of videosWithin(data)) {
    const name = stemOf(basename(path));
    names.set(name, [...(names.get(name) ?? []), path]);
  }
  return names;
}

/** Whether a path has the folders of a name, in their order: `scannet/part-2` has `scannet`. */
function hasSteps(path: readonly string[], steps: readonly string[]): boolean {
  let at = 0;
  for (const step of path) if (step === steps[at]) at++;
  return at === steps.length;
}

function stemOf(name: string): string {
  return name.slice(0, name.length - extname(name).length);
}
