/** Sends files to a repository, which is made where it is not there. The library hashes, uploads and commits. */
import type { CommitOperation, CommitOutput, CommitProgressEvent } from '@huggingface/hub';
import { stat } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { LociError } from '@loci/core';
import { sizeText } from '../sizes.ts';
import type { HubReference } from '../reference.ts';
import type { HubAccess } from '../repository.ts';

/** A file to send: one of this disk, or a text. */
export interface PushedFile {
  /** In the repository, with `/` between names. */
  readonly path: string;
  readonly content: { readonly file: string } | { readonly text: string };
}

/** What is sent where. */
export interface PushRequest {
  readonly target: HubReference;
  readonly files: readonly PushedFile[];
  readonly message: string;
  readonly isPublic: boolean;
}

/** What came of it. */
export interface Pushed {
  readonly commit: string;
  /** Page of the repository. */
  readonly page: string;
}

/** Files that one commit takes; a request with more takes too long. */
const FILES_A_COMMIT = 500;
const DISPLAY_UNIT = 1e6;

/** Whether the repository is there, and who may see it. */
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
    `Sending files needs a token that may write: make one at ${settings.endpoint}/settings/tokens, and put it into HF_TOKEN or log in with: hf auth login`,
  );
}

/**
 * Makes the repository where it is not there, and commits the files, the card last. Large files that the hub has are not sent again.
 *
 * @throws LociError `hub-no-token`, and those of requests.
 */
export async function pushFiles(request: PushRequest, access: HubAccess): Promise<Pushed> {
  const { target, message, isPublic } = request;
  const { settings, fetch, logger } = access;
  assertToken(access);
  const { commitIter, createRepo } = await import('@huggingface/hub');
  const repo = { type: target.kind, name: target.name };
  // The token is added by `fetch`; the library would refuse one of another hub.
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
    sizes.set(path, 'text' in content ? content.text.length : (await stat(content.file)).size);
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

/** Stands where the library's types want one; `fetch` replaces what it makes of it. */
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
