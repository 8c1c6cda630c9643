/** Opens a repository at one commit: finds the commit and lists its files. */
import type { datasetInfo, listFiles, modelInfo } from '@huggingface/hub';
import { LociError, messageOf } from '@loci/core';
import type { Logger } from '@loci/core';
import { CacheFolder } from './cache/cache-folder.ts';
import type { RepositoryFile } from './cache/cache-folder.ts';
import { COMMIT } from './reference.ts';
import type { HubReference } from './reference.ts';
import type { HubSettings } from './settings.ts';

/** The settings, requests and log that everything in this package uses. */
export interface HubAccess {
  readonly settings: HubSettings;
  readonly fetch: typeof fetch;
  readonly logger: Logger;
}

/** A repository whose commit is known. */
export interface Repository {
  readonly reference: HubReference;
  readonly commit: string;
  readonly cache: CacheFolder;
  readonly files: readonly RepositoryFile[];
  /** Whether `files` lists the whole commit; false where it lists only the files on disk. */
  readonly isListed: boolean;
}

interface Library {
  readonly modelInfo: typeof modelInfo;
  readonly datasetInfo: typeof datasetInfo;
  readonly listFiles: typeof listFiles;
}

/** Failures after which an earlier download is used instead. */
const AWAY: readonly string[] = ['hub-unreachable', 'hub-busy'];

/**
 * Finds the commit of a revision and its files. A commit with a stored listing needs no request. Without a connection the last known commit of the
 * revision counts, with a warning; with HF_HUB_OFFLINE it counts without one.
 *
 * @throws LociError `hub-offline` with a remedy, and those of requests.
 */
export async function openRepository(
  reference: HubReference,
  access: HubAccess,
): Promise<Repository> {
  const { settings, logger } = access;
  const cache = new CacheFolder(settings.cacheFolder, reference.kind, reference.name);
  const known = COMMIT.test(reference.revision) ? reference.revision : undefined;
  if (settings.isOffline) return onDisk(reference, cache, known);
  try {
    const commit = known ?? (await commitOf(reference, access));
    const kept = cache.listing(commit);
    const files = kept ?? (await filesOf(reference, commit, access));
    if (kept === undefined) await cache.rememberListing(commit, files);
    await cache.rememberCommit(reference.revision, commit);
    return { reference, commit, cache, files, isListed: true };
  } catch (thrown) {
    if (!LociError.is(thrown) || !AWAY.includes(thrown.code)) throw thrown;
    const earlier = known ?? cache.commitOf(reference.revision);
    if (earlier === undefined || cache.filesOn(earlier).length === 0) throw thrown;
    logger.warn(
      `${messageOf(thrown)}. Loci uses the earlier download of ${reference.name}, at commit ${earlier}`,
    );
    return onDisk(reference, cache, earlier);
  }
}

function onDisk(
  reference: HubReference,
  cache: CacheFolder,
  known: string | undefined,
): Repository {
  const commit = known ?? cache.commitOf(reference.revision);
  const listed = commit === undefined ? undefined : cache.listing(commit);
  const files = listed ?? (commit === undefined ? [] : cache.filesOn(commit));
  if (commit === undefined || files.length === 0) {
    throw new LociError(
      'hub-offline',
      `${reference.name} at ${reference.revision} was not downloaded to ${cache.folder}, and HF_HUB_OFFLINE is set: ` +
        'unset it once, or download the files with: hf download',
    );
  }
  return { reference, commit, cache, files, isListed: listed !== undefined };
}

async function commitOf(reference: HubReference, access: HubAccess): Promise<string> {
  const { modelInfo, datasetInfo } = await library();
  const { kind, name, revision } = reference;
  const request = {
    ...{ name, revision, hubUrl: access.settings.endpoint, fetch: access.fetch },
    additionalFields: ['sha' as const],
  };
  const { sha } = kind === 'model' ? await modelInfo(request) : await datasetInfo(request);
  if (typeof sha === 'string' && COMMIT.test(sha)) return sha;
  throw new LociError(
    'hub-failed',
    `${access.settings.endpoint} did not send the commit of ${name} at ${revision}: check HF_ENDPOINT`,
  );
}

async function filesOf(
  { kind, name }: HubReference,
  commit: string,
  { settings, fetch }: HubAccess,
): Promise<readonly RepositoryFile[]> {
  const { listFiles } = await library();
  const files: RepositoryFile[] = [];
  const listed = listFiles({
    ...{ repo: { type: kind, name }, revision: commit, recursive: true },
    ...{ hubUrl: settings.endpoint, fetch },
  });
  for await (const { type, path, size, oid = '', lfs, xetHash } of listed) {
    if (type !== 'file') continue;
    files.push({
      ...{ path, size: lfs?.size ?? size, gitSha1: oid },
      ...(lfs !== undefined && { sha256: lfs.oid }),
      ...(xetHash !== undefined && { xetHash }),
    });
  }
  return files;
}

async function library(): Promise<Library> {
  return import('@huggingface/hub');
}
