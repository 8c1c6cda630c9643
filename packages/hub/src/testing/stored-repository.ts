/** A repository of the test server: commits with their files, in memory. */
import { createHash } from 'node:crypto';

/** Files of this size and more, and those with these endings, are large: git has a pointer to them. */
const LARGE_BYTES = 100_000;
const LARGE = /\.(?:safetensors|bin|zip|tar|gz|parquet|mp4|png|part[-.]?\w+)$/u;

/** A repository in memory. */
export interface StoredRepository {
  readonly kind: 'model' | 'dataset';
  readonly name: string;
  isPrivate: boolean;
  /** Whether its terms have to be accepted. */
  readonly isGated: boolean;
  /** Files of each commit. */
  readonly commits: Map<string, ReadonlyMap<string, Buffer>>;
  /** Commits by branch or tag. */
  readonly refs: Map<string, string>;
  /** Messages of the commits that came by requests. */
  readonly messages: string[];
}

/** Adds a commit to a branch. @returns its name. */
export function commitTo(
  repository: StoredRepository,
  files: Readonly<Record<string, string | Buffer>> | ReadonlyMap<string, Buffer>,
  branch = 'main',
): string {
  const entries = files instanceof Map ? [...files] : Object.entries(files);
  const content = new Map(entries.map(([path, data]) => [path, Buffer.from(data as Buffer)]));
  const hash = createHash('sha1').update(`${repository.name} ${repository.commits.size}`);
  for (const [path, data] of content) hash.update(path).update(data);
  const commit = hash.digest('hex');
  repository.commits.set(commit, content);
  repository.refs.set(branch, commit);
  return commit;
}

/** Whether git keeps a pointer in place of the file. */
export function isLarge(path: string, data: Buffer): boolean {
  return LARGE.test(path) || data.length >= LARGE_BYTES;
}

/** Hex digest of a file's content. */
export function sha256(data: Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

/** Git's name of a content. */
export function gitSha1(data: Buffer): string {
  return createHash('sha1').update(`blob ${data.length}\0`).update(data).digest('hex');
}

/** The pointer that git keeps in place of a large file. */
export function pointerTo(data: Buffer): Buffer {
  return Buffer.from(
    `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256(data)}\nsize ${data.length}\n`,
  );
}
