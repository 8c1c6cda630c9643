/**
 * Excludes scenes from training because a benchmark asks about them. Reads files in the form of SpaceR's `exclude_list.txt`, one
 * scene or video a line.
 */
import { readFile } from 'node:fs/promises';
import { LociError, messageOf } from '@loci/core';

/** A ScanNet scan: the space, and which scan of it. */
const SCANNET = /^(scene\d{4})_\d{2}$/u;

/** Extensions of videos and images; other dots belong to the name of a scene. */
const MEDIA_EXTENSION = /\.(?:mp4|m4v|mov|mkv|webm|avi|jpe?g|png|webp)$/iu;

/** The scene that a line of a list, a path or an id means. */
function sceneName(text: string): string {
  const base = text.trim().split(/[/\\]/u).at(-1)!;
  return base.replace(MEDIA_EXTENSION, '');
}

/** Why a scene is left out. */
export type Exclusion = 'listed' | 'same-space';

/** The excluded scenes. */
export class ExcludeList {
  readonly #listed: ReadonlySet<string>;
  readonly #spaces: ReadonlySet<string>;
  readonly #met = new Set<string>();

  /** @param names Scenes or video files, with or without folder and extension. */
  constructor(names: Iterable<string>) {
    this.#listed = new Set([...names].map(sceneName).filter((name) => name !== ''));
    this.#spaces = new Set([...this.#listed].flatMap((name) => spaceOf(name) ?? []));
  }

  /** Number of names. */
  get size(): number {
    return this.#listed.size;
  }

  /** Names that no scene so far had. */
  get unmet(): readonly string[] {
    return [...this.#listed].filter((name) => !this.#met.has(name));
  }

  /**
   * Why the scene of a video is left out, or undefined. Another scan of a listed ScanNet space shows the same room and is left out
   * as well.
   *
   * @param video Path of the video, or the id of the scene.
   */
  why(video: string): Exclusion | undefined {
    const name = sceneName(video);
    if (this.#listed.has(name)) {
      this.#met.add(name);
      return 'listed';
    }
    const space = spaceOf(name);
    return space !== undefined && this.#spaces.has(space) ? 'same-space' : undefined;
  }
}

function spaceOf(name: string): string | undefined {
  return SCANNET.exec(name)?.[1];
}

/** Characters that no name of a scene has. Two names on a line, or a list in another notation, would silently exclude nothing. */
const NO_NAME = /[,;"'\t[\]{}]/u;

/** The names of a list by line. A `#` at the beginning of a line or after a space begins a comment. */
function namesIn(text: string, file: string): readonly string[] {
  return text
    .replace('\uFEFF', '')
    .split(/\r\n|\r|\n/u)
    .flatMap((line, index) => {
      const name = line.replace(/(?:^|\s)#.*$/u, '').trim();
      if (!NO_NAME.test(name)) return name === '' ? [] : [name];
      throw unreadable(file, `line ${index + 1} is ${JSON.stringify(name)}, more than one name`);
    });
}

/**
 * Reads lists, which may share names. It skips empty lines and comments (`# …`).
 *
 * @throws LociError `exclude-list-unreadable` when a file is missing, names nothing or is not a list of one name a line: it would
 * silently exclude nothing.
 */
export async function readExcludeLists(files: readonly string[]): Promise<ExcludeList> {
  const lists = await Promise.all(
    files.map(async (file) => {
      const text = await readFile(file, 'utf8').catch((error: unknown) => {
        throw unreadable(file, messageOf(error), error);
      });
      const names = namesIn(text, file);
      if (names.length === 0) throw unreadable(file, 'it names no scene');
      return names;
    }),
  );
  return new ExcludeList(lists.flat());
}

function unreadable(file: string, reason: string, cause?: unknown): LociError {
  return new LociError(
    'exclude-list-unreadable',
    `${file} cannot be used as a list of excluded scenes, one a line: ${reason}`,
    { cause },
  );
}
