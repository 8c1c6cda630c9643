/**
 * The cache of Python's `huggingface_hub`, so that both programs find each other's files. It holds blobs named by their ETag, a folder of links for
 * each commit, a file with the commit for each branch and tag, and the listing of each commit (`trees`, since its version 1.30).
 */
import { existsSync, lstatSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { copyFile, mkdir, rename, rm, symlink } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { dirname, join, relative } from 'node:path';
import { LociError, writeFileAtomically } from '@loci/core';
import { isInside } from '../reference.ts';
import type { RepositoryKind } from '../reference.ts';

/** A file of a commit. */
export interface RepositoryFile {
  /** With `/` between names. */
  readonly path: string;
  /** In bytes, of the file itself and not of a pointer to it. */
  readonly size: number;
  /** Its name in git: the sha1 of its content, or of its pointer. */
  readonly gitSha1: string;
  /** Of a large file alone: the sha256 of its content. */
  readonly sha256?: string;
  /** Of a file in the hub's store of chunks: its name there. */
  readonly xetHash?: string;
}

/** The name of a blob: the ETag that the hub gives. */
export function blobName({ sha256, gitSha1 }: RepositoryFile): string {
  return sha256 ?? gitSha1;
}

/** The folders of one repository in the cache. */
export class CacheFolder {
  readonly #cache: string;
  readonly #name: string;
  /** `…/models--owner--name`. */
  readonly folder: string;

  constructor(cacheFolder: string, kind: RepositoryKind, name: string) {
    this.#cache = cacheFolder;
    this.#name = [`${kind}s`, ...name.split('/')].join('--');
    this.folder = join(cacheFolder, this.#name);
  }

  /** Path of a blob, present or not. */
  blob(file: RepositoryFile): string {
    return join(this.folder, 'blobs', blobName(file));
  }

  /** The file that Python's library locks while it writes a blob. */
  lock(file: RepositoryFile): string {
    return join(this.#cache, '.locks', this.#name, `${blobName(file)}.lock`);
  }

  /** The folder of a commit. */
  snapshot(commit: string): string {
    return join(this.folder, 'snapshots', commit);
  }

  /** The commit of a branch or tag when the hub was last asked for it; undefined where it never was. */
  commitOf(revision: string): string | undefined {
    const path = join(this.folder, 'refs', ...revision.split('/'));
    if (!isInside(revision) || !existsSync(path) || !statSync(path).isFile()) return undefined;
    const text = readFileSync(path, 'utf8').trim();
    return text === '' ? undefined : text;
  }

  /** Stores which commit a branch or tag is. */
  async rememberCommit(revision: string, commit: string): Promise<void> {
    if (revision === commit || !isInside(revision) || this.commitOf(revision) === commit) return;
    await writeText(join(this.folder, 'refs', ...revision.split('/')), commit);
  }

  /** The stored listing of a commit; undefined where there is none, or none in a known form. */
  listing(commit: string): readonly RepositoryFile[] | undefined {
    const path = join(this.folder, 'trees', `${commit}.json`);
    if (!existsSync(path)) return undefined;
    try {
      return filesOf(JSON.parse(readFileSync(path, 'utf8')));
    } catch {
      // Damaged, or of a later version: the hub is asked again.
      return undefined;
    }
  }

  /** Stores the listing of a commit, which never changes. */
  async rememberListing(commit: string, files: readonly RepositoryFile[]): Promise<void> {
    const listed = files.map(({ path, size, gitSha1, sha256, xetHash }) => [
      path,
      {
        ...{ size, blob_id: gitSha1 },
        ...(sha256 !== undefined && { lfs_sha256: sha256, lfs_size: size }),
        ...(xetHash !== undefined && { xet_hash: xetHash }),
      },
    ]);
    const text = JSON.stringify({ format_version: 1, files: Object.fromEntries(listed) }, null, 2);
    await writeText(join(this.folder, 'trees', `${commit}.json`), text);
  }

  /** Whether the cache has a file of a commit, in full. */
  holds(commit: string, { path, size }: Pick<RepositoryFile, 'path' | 'size'>): boolean {
    const found = statSync(join(this.snapshot(commit), path), { throwIfNoEntry: false });
    return found?.isFile() === true && found.size === size;
  }

  /** The files of a commit that the cache has, where its listing is not known. */
  filesOn(commit: string): readonly RepositoryFile[] {
    const root = this.snapshot(commit);
    if (!existsSync(root)) return [];
    return readdirSync(root, { recursive: true, encoding: 'utf8' }).flatMap((name) => {
      const found = statSync(join(root, name), { throwIfNoEntry: false });
      if (found?.isFile() !== true) return [];
      return [{ path: name.replaceAll('\\', '/'), size: found.size, gitSha1: '' }];
    });
  }

  /**
   * Puts a blob into the folder of a commit: by a relative link, or as a copy where the file system has no links.
   *
   * @throws LociError `hub-path` for a path that leads out.
   */
  async place(commit: string, file: RepositoryFile): Promise<void> {
    if (!isInside(file.path)) throw outside(file.path);
    const target = join(this.snapshot(commit), ...file.path.split('/'));
    await mkdir(dirname(target), { recursive: true });
    const beside = `${target}.${randomUUID().slice(0, 8)}.tmp`;
    try {
      await symlink(relative(dirname(target), this.blob(file)), beside);
    } catch (thrown) {
      if (!['EPERM', 'ENOSYS', 'ENOTSUP'].includes((thrown as NodeJS.ErrnoException).code ?? '')) {
        throw thrown;
      }
      await copyFile(this.blob(file), beside);
    }
    // The target may be a link to a blob that is gone, or a file of another size. A folder cannot be replaced.
    if (lstatSync(target, { throwIfNoEntry: false })?.isDirectory() === true) {
      await rm(beside, { force: true });
      throw outside(file.path);
    }
    await rename(beside, target);
  }
}

async function writeText(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFileAtomically(path, [new TextEncoder().encode(text)]);
}

function outside(path: string): LociError {
  return new LociError(
    'hub-path',
    `The repository has a file named ${JSON.stringify(path)}, which would lie outside of its folder: it is not downloaded`,
  );
}

interface ListedFile {
  readonly size: number;
  readonly blob_id: string;
  readonly lfs_sha256?: string;
  readonly xet_hash?: string;
}

function filesOf(kept: unknown): readonly RepositoryFile[] | undefined {
  const { format_version: version, files } = kept as {
    readonly format_version?: unknown;
    readonly files?: Readonly<Record<string, ListedFile>>;
  };
  if (version !== 1 || files === undefined) return undefined;
  return Object.entries(files).map(([path, { size, blob_id, lfs_sha256, xet_hash }]) => ({
    ...{ path, size, gitSha1: blob_id },
    ...(lfs_sha256 !== undefined && { sha256: lfs_sha256 }),
    ...(xet_hash !== undefined && { xetHash: xet_hash }),
  }));
}
