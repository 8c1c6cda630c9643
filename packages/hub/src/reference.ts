/** How a repository on the hub is named in a config or a flag: `hub:owner/name@revision/path`. */
import { LociError } from '@loci/core';

/** Begins every reference. */
export const HUB_PREFIX = 'hub:';

/** The kinds of repositories that are read and written. */
export type RepositoryKind = 'model' | 'dataset';

/** A repository, and what of it is meant. */
export interface HubReference {
  readonly kind: RepositoryKind;
  /** `owner/name`; old repositories have no owner. */
  readonly name: string;
  /** A branch, a tag or a commit. */
  readonly revision: string;
  /** A file or folder in the repository, with `/` between names; empty for all of it. */
  readonly path: string;
}

/** What is meant where nothing is said. */
export const DEFAULT_REVISION = 'main';

/** A commit in full, which never changes. */
export const COMMIT = /^[0-9a-f]{40}$/u;

const SHAPE =
  /^hub:(?:(?<kind>models|datasets)\/)?(?!(?:models|datasets)\/)(?<name>[\w.-]+(?:\/[\w.-]+)?)(?:@(?<revision>refs\/(?:pr|convert)\/[\w.-]+|[^@/\s]+))?(?:\/(?<path>[^@\s][^@]*))?$/u;

/**
 * Takes a reference apart. A revision with a slash is written with `%2F`, but for `refs/pr/1` and `refs/convert/parquet`.
 *
 * @param kind what the place of the reference calls for; `hub:datasets/…` and `hub:models/…` say it themselves.
 * @throws LociError `hub-reference` for a text of another form, or a path that leads out of the repository.
 * @example parseReference('hub:Qwen/Qwen3-VL-2B-Instruct@main', 'model').name // 'Qwen/Qwen3-VL-2B-Instruct'
 */
export function parseReference(text: string, kind: RepositoryKind): HubReference {
  const groups = SHAPE.exec(text.trim().replace(/\/+$/u, ''))?.groups;
  const path = groups?.['path'] ?? '';
  if (groups === undefined || !isInside(path) || groups['name']!.split('/').some(isDots)) {
    throw new LociError(
      'hub-reference',
      `"${text}" names no repository on the hub: write hub:OWNER/NAME, then @REVISION and /PATH where they are needed, ` +
        'such as hub:Qwen/Qwen3-VL-2B-Instruct@main or hub:datasets/OWNER/NAME/questions.jsonl',
    );
  }
  const said = groups['kind'];
  return {
    kind: said === undefined ? kind : said === 'models' ? 'model' : 'dataset',
    name: groups['name']!,
    revision: decoded(groups['revision'] ?? DEFAULT_REVISION),
    path,
  };
}

/** The text of a reference: what `parseReference` reads. */
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
