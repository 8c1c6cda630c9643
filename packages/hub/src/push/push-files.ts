/** Uploads files to a repository, and creates the repository where it does not exist. The library hashes, uploads and commits. */
import type { CommitOperation, CommitOutput, CommitProgressEvent } from '@huggingface/hub';
import { stat } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { LociError } from '@loci/core';
import { sizeText } from '../sizes.ts';
import type { HubReference } from '../reference.ts';
import type { HubAccess } from '../repository.ts';

/** A file to upload: one of this disk, or a text. */
export interface PushedFile {
  /** In the repository, with `/` between names. */
  readonly path: string;
  readonly content: { readonly file: string } | { readonly text: string };
}

/** Which files to upload, and where to. */
export interface PushRequest {
  readonly target: HubReference;
  readonly files: readonly PushedFile[];
  readonly message: string;
  readonly isPublic: boolean;
}

/** A finished upload. */
export interface Pushed {
  readonly commit: string;
  /** Page of the repository. */
  readonly page: string;
}

/** Files of one commit; a request with more takes too long. */
const FILES_A_COMMIT = 500;
const DISPLAY_UNIT = 1e6;

/** Whether the repository exists, and whether it is private. */
export async function lookAt(
  target: HubReference,
  { settings, fetch }: HubAccess,
): Promise<{ readonly isThere: boolean; readonly isPrivate?: boolean }> {
  const { modelInfo, datasetInfo } = await import('@huggingface/hub');
  const request = { name: target.name, hubUrl: settings.endpoint, fetch };
  try {
    const info = target.kind === 'model' ? await modelInfo(request) : await datasetInfo(request);
    return { isThere: true, isPrivate: info.private };
  } catch (thrown) {
    const codes = ['hub-not-found', 'hub-revision'];
    if (!LociError.is(thrown) || !codes.includes(thrown.code)) throw thrown;
    return { isThere: thrown.code === 'hub-revision' };
  }
}

/** @throws LociError `hub-no-token` where there is none. */
export function assertToken({ settings }: Pick<HubAccess, 'settings'>): void {
  if (settings.token !== undefined) return;
  throw new LociError(
    'hub-no-token',
    `Uploading needs a token that may write: make one at ${settings.endpoint}/settings/tokens, and put it into HF_TOKEN or log in with: hf auth login`,
  );
}

/**
 * Creates the repository where it does not exist, and commits the files, the card last. Large files that the hub has are not uploaded again.
 *
 * @throws LociError `hub-no-token`, and those of requests.
 */
export async function pushFiles(request: PushRequest, access: HubAccess): Promise<Pushed> {
  const { target, message, isPublic } = request;
  const { settings, fetch, logger } = access;
  assertToken(access);
  const { commitIter, createRepo } = await import('@huggingface/hub');
  const repo = { type: target.kind, name: target.name };
  // `fetch` adds the token; the library rejects the tokens of other hubs.
  const common = { repo, hubUrl: settings.endpoint, fetch };
  const { isThere } = await lookAt(target, access);
  if (!isThere) {
    await createRepo({
      ...common,
      ...{ visibility: isPublic ? 'public' : 'private', credentials: NO_CREDENTIALS },
    });
  }
  const sizes = new Map<string, number>();
  for (const { path, content } of request.files) {
    const isText = 'text' in content;
    sizes.set(path, isText ? Buffer.byteLength(content.text) : (await stat(content.file)).size);
  }
  const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  const sent = new Map<string, number>();
  let commit = '';
  for (let from = 0; from < request.files.length; from += FILES_A_COMMIT) {
    const part = request.files.slice(from, from + FILES_A_COMMIT);
    const isWhole = part.length === request.files.length;
    const events = commitIter({
      ...common,
      branch: target.revision,
      title: isWhole ? message : `${message} (${from / FILES_A_COMMIT + 1})`,
      operations: part.map(operationOf),
    });
    const output = await follow(events, ({ path, progress }) => {
      sent.set(path, progress * (sizes.get(path) ?? 0));
      const done = [...sent.values()].reduce((sum, size) => sum + size, 0);
      const units = [done, Math.max(total, DISPLAY_UNIT)].map((size) => size / DISPLAY_UNIT);
      logger.progress?.('MB sent', Math.round(units[0]!), Math.round(units[1]!));
    });
    commit = output?.commit.oid ?? commit;
  }
  const set = target.kind === 'model' ? '' : `${target.kind}s/`;
  const page = `${settings.endpoint}/${set}${target.name}`;
  logger.info(`sent ${request.files.length} files, ${sizeText(total)}`);
  return { commit, page };
}

/** The library's types require credentials; `fetch` replaces the header that the library makes of them. */
const NO_CREDENTIALS = { accessToken: '' };

async function follow(
  events: AsyncGenerator<CommitProgressEvent, CommitOutput | undefined>,
  onProgress: (event: { readonly path: string; readonly progress: number }) => void,
): Promise<CommitOutput | undefined> {
  for (;;) {
    const step = await events.next();
    if (step.done === true) return step.value;
    if (step.value.event === 'fileProgress' && step.value.state === 'uploading') {
      onProgress(step.value);
    }
  }
}

function operationOf({ path, content }: PushedFile): CommitOperation {
  return {
    operation: 'addOrUpdate',
    path,
    content: 'text' in content ? new Blob([content.text]) : pathToFileURL(content.file),
  };
}
