/** Downloads chosen files of a repository into the cache, several at once, after saying what and how much. */
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
/** Times between two lines where no display shows how far it is. */
const TELL_EVERY_MS = 30_000;
/** Smaller files have one writer each without a lock: under a name of its own, from the start. */
const LOCKED_BYTES = 1e6;
/** A display counts units: no more of them than can be told apart. */
const UNIT_BYTES = 1e6;

/** What remains to be fetched of the files that are needed. */
export interface DownloadPlan {
  readonly needed: readonly RepositoryFile[];
  readonly missing: readonly RepositoryFile[];
  /** Bytes still to come; what an earlier download left counts as there. */
  readonly bytes: number;
}

/** Looks which of the files are in the cache already. */
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
 * Downloads what is missing.
 *
 * @returns the folder of the commit.
 * @throws LociError `hub-offline` naming the files that are missing; `disk-full` before anything is asked for; those of `downloadBlob`. When one
 * file fails the others stop, and what came is kept.
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
      // Whoever held the lock before may have brought it.
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
    `${reference.name} is in ${cache.folder} but for ${named.join(', ')}${missing.length > 5 ? `, … (${missing.length} files)` : ''}, ` +
      'and HF_HUB_OFFLINE is set: unset it once to download the rest',
  );
}

function countOf(files: number): string {
  return files === 1 ? '1 file' : `${files} files`;
}

/** How much has come of all files together. */
class Tally {
  readonly #bytes = new Map<RepositoryFile, number>();
  readonly #total: number;
  readonly #logger: HubAccess['logger'];
  #sum = 0;
  #shown = -1;
  #told = performance.now();

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
    } else if (performance.now() - this.#told > TELL_EVERY_MS) {
      this.#told = performance.now();
      this.#logger.info(`downloaded ${sizeText(this.#sum)} of ${sizeText(this.#total)}`);
    }
  }
}
