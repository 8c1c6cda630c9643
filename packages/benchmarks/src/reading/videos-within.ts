/** Looks for videos in a folder and its subfolders: people often unpack archives one folder deeper than needed. */
import { closeSync, openSync, readSync, readdirSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';

/** Extensions of files that count as videos, in lower case. */
export const VIDEO_EXTENSIONS: readonly string[] = [
  ...['.mp4', '.mkv', '.webm', '.avi', '.mov', '.m4v'],
];

/** Depth of the search: deeper folders hardly belong to the benchmark. */
const DEEPEST = 6;
const POINTER = 'version https://git-lfs';

/** Paths of the videos in a folder, in alphabetical order, those of a folder before those of its subfolders. */
export function* videosWithin(folder: string, depth = 0): Iterable<string> {
  const entries = entriesOf(folder);
  for (const { name, isFolder } of entries) {
    if (!isFolder && VIDEO_EXTENSIONS.includes(extname(name).toLowerCase())) {
      yield join(folder, name);
    }
  }
  if (depth === DEEPEST) return;
  for (const { name, isFolder } of entries) {
    if (isFolder) yield* videosWithin(join(folder, name), depth + 1);
  }
}

/** Why a file cannot be a video, `empty`; undefined when it may be one. */
export function whyNoVideo(path: string): string | undefined {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(POINTER.length);
    const count = readSync(file, head, 0, head.length, 0);
    if (count === 0) return 'empty';
    return head.toString('latin1', 0, count) === POINTER
      ? 'a pointer of Git LFS, not the file (git lfs pull gets it)'
      : undefined;
  } finally {
    closeSync(file);
  }
}

interface Entry {
  readonly name: string;
  readonly isFolder: boolean;
}

/** Hidden files are caches of downloads and remains of archives of other systems. */
function entriesOf(folder: string): readonly Entry[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter(({ name }) => !name.startsWith('.') && name !== '__MACOSX')
      .map((entry) => ({
        name: entry.name,
        isFolder: entry.isSymbolicLink()
          ? (statSync(join(folder, entry.name), { throwIfNoEntry: false })?.isDirectory() ?? false)
          : entry.isDirectory(),
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    // A folder that is missing or unreadable counts as empty.
    return [];
  }
}
