/** Reads and writes references to repositories on the hub: `hub:owner/name@revision/path`. */
import { LociError } from '@loci/core';

/** The beginning of every reference. */
export const HUB_PREFIX = 'hub:';

/** The kinds of repositories that Loci reads and writes. */
export type RepositoryKind = 'model' | 'dataset';

/** A repository, or a file or folder in it, at a revision. */
export interface HubReference {
  readonly kind: RepositoryKind;
  /** `owner/name`; old repositories have no owner. */
  readonly name: string;
  /** A branch, a tag or a commit. */
  readonly revision: string;
  /** A file or folder in the repository, with `/` between names; empty for all of it. */
  readonly path: string;
}

/** The revision of a reference that names none. */
export const DEFAULT_REVISION = 'main';

/** A commit in full, which never changes. */
export const COMMIT = /^[0-9a-f]{40}$/u;

const SHAPE =
  /^hub:(?:(?<kind>models|datasets)\/)?(?!(?:models|datasets)\/)(?<name>[\w.-]+(?:\/[\w.-]+)?)(?:@(?<revision>refs\/(?:pr|convert)\/[\w.-]+|[^@/\s]+))?(?:\/(?<path>[^@\s][^@]*))?$/u;

/**
 * Parses a reference. A revision with a slash is written with `%2F`, except `refs/pr/1` and `refs/convert/parquet`.
 *
 * @param kind of references without one; `hub:datasets/…` and `hub:models/…` name their own.
 * @throws LociError `hub-reference` for a text of another form, or a path that leads out of the repository.
 * @example parseReference('hub:Qwen/Qwen3-VL-2B-Instruct@main', 'model').name // 'Qwen/Qwen3-VL-2B-Instruct'
 */
export function parseReference(text: string, kind: RepositoryKind): HubReference {
  const groups = SHAPE.exec(text.trim().replace(/\/+$/u, ''))?.groups;
  const path = groups?.['path'] ?? '';
  if (groups === undefined || !isInside(path) || groups['name']!.split('/').some(isDots)) {
    throw new LociError(
      'hub-reference',
      `"${text}" is not a reference to the hub: write hub:OWNER/NAME, then @REVISION and /PATH where you need them, ` +
        'such as hub:Qwen/Qwen3-VL-2B-Instruct@main or hub:datasets/OWNER/NAME/questions.jsonl',
    );
  }
  const kinds = groups['kind'];
  return {
    kind: kinds === undefined ? kind : kinds === 'models' ? 'model' : 'dataset',
    name: groups['name']!,
    revision: decoded(groups['revision'] ?? DEFAULT_REVISION),
    path,
  };
}

/** The text of a reference, which `parseReference` reads. */
export function formatReference({ kind, name, revision, path }: HubReference): string {
  const at = /^refs\/(?:pr|convert)\/[\w.-]+$/u.test(revision)
    ? revision
    : encodeURIComponent(revision);
  return `${HUB_PREFIX}${kind}s/${name}@${at}${path === '' ? '' : `/${path}`}`;
}

/** Whether a path, as a repository or an archive names it, stays inside; both kinds of separators count. */
export function isInside(path: string): boolean {
  if (/^[\\/]|^[a-z]:|\0/iu.test(path)) return false;
  return !path.split(/[\\/]/u).some((piece) => piece === '..' || /^[a-z]:/iu.test(piece));
}

function isDots(name: string): boolean {
  return /^\.+$/u.test(name);
}

function decoded(revision: string): string {
  try {
    return decodeURIComponent(revision);
  } catch {
    return revision;
  }
}
