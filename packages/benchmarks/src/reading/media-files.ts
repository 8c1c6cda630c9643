/** Finds the video of an item. A missing one is a fact about the item, not an error of the benchmark. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import type { MediaReference } from '@loci/core';

/** The media of an item, and why it cannot be asked where they are missing. */
export interface FoundMedia {
  readonly media: readonly MediaReference[];
  readonly missing?: string;
}

const EXTENSIONS: readonly string[] = ['.mp4', '.MP4', '.mkv', '.webm', '.avi', '.mov'];

/**
 * Looks for videos in folders, the usual one first. Listings are kept, since many items share a video and a folder; a video
 * under its own name but in another container counts as found.
 */
export function createVideoFinder(folders: readonly string[]): (name: string) => FoundMedia {
  const listings = new Map<string, ReadonlySet<string>>();
  const listing = (folder: string): ReadonlySet<string> => {
    const known = listings.get(folder);
    if (known !== undefined) return known;
    const names = new Set(existsSync(folder) ? readdirSync(folder) : []);
    listings.set(folder, names);
    return names;
  };
  return (name) => {
    const stem = name.slice(0, name.length - extname(name).length);
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
    return { media: [{ kind: 'video', path }], missing: `There is no video ${path}` };
  };
}
