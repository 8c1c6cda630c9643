/**
 * Lays a data set out for its readers: a folder with links to the files of the commit, and with the content of archives in place of the archives.
 * The download cache keeps the layout of Python's library.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LociError, writeFolderWhole } from '@loci/core';
import { archivesIn } from './archive-names.ts';
import type { ArchiveFiles } from './archive-names.ts';
import { unpack } from './unpack.ts';
import { blobName } from '../cache/cache-folder.ts';
import type { RepositoryFile } from '../cache/cache-folder.ts';
import type { HubAccess, Repository } from '../repository.ts';

/**
 * Makes the folder, or finds the one made from the same files earlier.
 *
 * @returns its path.
 * @throws LociError of `unpack`.
 */
export async function dataView(
  { cache, commit, reference }: Repository,
  files: readonly RepositoryFile[],
  { settings, logger }: HubAccess,
): Promise<string> {
  const root = join(
    settings.unpackedFolder,
    [`${reference.kind}s`, ...reference.name.split('/')].join('--'),
  );
  const byPath = new Map(files.map((file) => [file.path, file]));
  const archives = archivesIn(files.map(({ path }) => path));
  const contents: { readonly archive: ArchiveFiles; readonly folder: string }[] = [];
  for (const archive of archives) {
    const key = digest(archive.parts.map((path) => blobName(byPath.get(path)!)));
    const folder = join(root, 'archives', key);
    const parts = archive.parts.map((path) => join(cache.snapshot(commit), path));
    await unpack({ ...archive, parts }, folder, logger);
    contents.push({ archive, folder });
  }
  const view = join(root, `${commit}-${digest(files.map(({ path }) => path)).slice(0, 8)}`);
  if (existsSync(view)) return view;
  await writeFolderWhole(view, async (folder) => {
    const taken = new Map<string, string>();
    const link = async (path: string, target: string): Promise<void> => {
      if (taken.has(path)) {
        throw new LociError(
          'archive-path',
          `${reference.name}: ${path} is in ${taken.get(path)!} and in ${target}: name a part of the data set, such as hub:${reference.name}/FOLDER`,
        );
      }
      taken.set(path, target);
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await symlink(target, join(folder, path));
    };
    const packed = new Set(archives.flatMap(({ parts }) => parts));
    for (const { path } of files) {
      if (!packed.has(path)) await link(path, join(cache.snapshot(commit), path));
    }
    for (const { archive, folder: content } of contents) {
      for (const name of filesIn(content)) {
        await link(join(dirname(archive.path), name), join(content, name));
      }
    }
  });
  return view;
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

function digest(parts: readonly string[]): string {
  return createHash('sha256')
    .update([...parts].sort().join('\n'))
    .digest('hex')
    .slice(0, 32);
}
