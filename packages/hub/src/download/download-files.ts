/** Downloads chosen files of a repository into the cache, several at once, after logging which and how many bytes. */
import { randomUUID } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { LociError } from '@loci/core';
import { lockBlob } from '../cache/blob-lock.ts';
import { blobName } from '../cache/cache-folder.ts';
import type { RepositoryFile } from '../cache/cache-folder.ts';
import type { HubAccess, Repository } from '../repository.ts';
import { downloadBlob } from './download-blob.ts';
import { checkSpace } from '../disk-space.ts';
import { sizeText } from '../sizes.ts';

/** Downloads that run side by side. */
const AT_ONCE = 4;
/** Time between two log lines where no display shows the progress. */
const LOG_EVERY_MS = 30_000;
/** Smaller files need no lock: each process downloads them under a name of its own. */
const LOCKED_BYTES = 1e6;
/** Displays count in this unit: single bytes would redraw them too often. */
const UNIT_BYTES = 1e6;

/** The files that are needed, and those of them that are still to be downloaded. */
export interface DownloadPlan {
  readonly needed: readonly RepositoryFile[];
  readonly missing: readonly RepositoryFile[];
  /** Bytes still to download; partial files of an earlier download count as present. */
  readonly bytes: number;
}

/** Finds which of the files the cache lacks. */
export function planDownload(
  { cache, commit }: Repository,
  needed: readonly RepositoryFile[],
): DownloadPlan {
  const missing = needed.filter((file) => !cache.holds(commit, file));
  const toCome = new Map(
    missing.map((file) => [blobName(file), bytesToCome(cache.blob(file), file)]),
  );
  const bytes = [...toCome.values()].reduce((sum, size) => sum + size, 0);
  return { needed, missing, bytes };
}

function bytesToCome(blob: string, { size }: RepositoryFile): number {
  if (existsSync(blob)) return 0;
  const there = statSync(`${blob}.incomplete`, { throwIfNoEntry: false })?.size ?? 0;
  return size - (there > size ? 0 : there);
}

/**
 * Downloads the missing files.
 *
 * @returns the folder of the commit.
 * @throws LociError `hub-offline` with the missing files; `disk-full` before the first request; those of `downloadBlob`. When one file fails the
 * others stop. Bytes that arrived are kept.
 */
export async function downloadFiles(
  repository: Repository,
  needed: readonly RepositoryFile[],
  access: HubAccess,
): Promise<string> {
  const { cache, commit, reference } = repository;
  const { settings, logger } = access;
  const { missing, bytes } = planDownload(repository, needed);
  const folder = cache.snapshot(commit);
  if (missing.length === 0) return folder;
  if (settings.isOffline) throw offline(repository, missing);
  const there = needed.length - missing.length;
  const rest = there === 0 ? '' : `; ${there} more are in the cache`;
  logger.info(
    `downloading ${reference.name} at ${commit.slice(0, 12)}: ${countOf(missing.length)}, ${sizeText(bytes)}${rest}, to ${cache.folder}`,
  );
  await checkSpace(cache.folder, bytes);
  const stop = new AbortController();
  const tally = new Tally(missing, access);
  const queue = [...missing].sort((a, b) => b.size - a.size);
  const failures: unknown[] = [];
  const work = async (): Promise<void> => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
      if (stop.signal.aborted) return;
      try {
        await downloadOne(repository, file, access, tally, stop.signal);
      } catch (thrown) {
        failures.push(thrown);
        stop.abort(thrown);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  if (failures.length > 0) throw failures[0];
  logger.info(`downloaded ${sizeText(bytes)}; sizes and checksums are as the hub lists them`);
  return folder;
}

async function downloadOne(
  { cache, commit, reference }: Repository,
  file: RepositoryFile,
  { settings, fetch, logger }: HubAccess,
  tally: Tally,
  signal: AbortSignal,
): Promise<void> {
  const target = cache.blob(file);
  const download = async (incomplete: string): Promise<void> => {
    const root = reference.kind === 'model' ? '' : `${reference.kind}s/`;
    const path = file.path.split('/').map(encodeURIComponent).join('/');
    await downloadBlob({
      url: `${settings.endpoint}/${root}${reference.name}/resolve/${commit}/${path}`,
      ...{ file, target, incomplete, fetch, signal },
      onBytes: (bytes) => tally.set(file, bytes),
    });
  };
  if (hasBlob(target, file)) {
    // Another revision has the same file.
  } else if (file.size < LOCKED_BYTES) {
    const incomplete = `${target}.${randomUUID().slice(0, 8)}.incomplete`;
    await download(incomplete).finally(() => rm(incomplete, { force: true }));
  } else {
    const lock = await lockBlob(cache.lock(file), logger, signal);
    try {
      // The previous holder of the lock may have downloaded it.
      if (!hasBlob(target, file)) await download(`${target}.incomplete`);
    } finally {
      await lock.release();
    }
  }
  await cache.place(commit, file);
  tally.set(file, file.size);
}

function hasBlob(path: string, { size }: RepositoryFile): boolean {
  return statSync(path, { throwIfNoEntry: false })?.size === size;
}

function offline({ reference, cache }: Repository, missing: readonly RepositoryFile[]): LociError {
  const named = missing.slice(0, 5).map(({ path }) => path);
  return new LociError(
    'hub-offline',
    `${cache.folder} lacks ${named.join(', ')}${missing.length > 5 ? `, … (${missing.length} files)` : ''} of ${reference.name}, ` +
      'and HF_HUB_OFFLINE is set: unset it once to download the rest',
  );
}

function countOf(files: number): string {
  return files === 1 ? '1 file' : `${files} files`;
}

/** Reports the progress of all files together. */
class Tally {
  readonly #bytes = new Map<RepositoryFile, number>();
  readonly #total: number;
  readonly #logger: HubAccess['logger'];
  #sum = 0;
  #shown = -1;
  #loggedAt = performance.now();

  constructor(files: readonly RepositoryFile[], { logger }: HubAccess) {
    this.#total = files.reduce((sum, { size }) => sum + size, 0);
    this.#logger = logger;
  }

  set(file: RepositoryFile, bytes: number): void {
    this.#sum += bytes - (this.#bytes.get(file) ?? 0);
    this.#bytes.set(file, bytes);
    const [done, total] = [this.#sum, this.#total].map((size) => Math.round(size / UNIT_BYTES));
    if (this.#logger.progress !== undefined) {
      if (done === this.#shown) return;
      this.#shown = done!;
      this.#logger.progress('MB downloaded', done!, Math.max(1, total!));
    } else if (performance.now() - this.#loggedAt > LOG_EVERY_MS) {
      this.#loggedAt = performance.now();
      this.#logger.info(`downloaded ${sizeText(this.#sum)} of ${sizeText(this.#total)}`);
    }
  }
}
