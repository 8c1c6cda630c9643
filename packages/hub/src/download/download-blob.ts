/**
 * Downloads one blob. A transfer that broke off resumes from `<etag>.incomplete`, also in a later process. The blob gets its name once its size and
 * checksum are verified. The library's own download can do neither.
 */
import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { chmod, mkdir, open, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LociError, messageOf, writeError } from '@loci/core';
import type { RepositoryFile } from '../cache/cache-folder.ts';

/** A file to download. */
export interface BlobRequest {
  readonly url: string;
  readonly file: RepositoryFile;
  /** Path of the blob. */
  readonly target: string;
  /** Path of the partial file; an existing one is resumed. */
  readonly incomplete: string;
  readonly fetch: typeof fetch;
  /** Reports the bytes on disk; fewer than before where the download starts again. */
  onBytes(bytes: number): void;
  readonly signal?: AbortSignal;
  /** A transfer without a byte for this long is retried. */
  readonly silenceMs?: number;
  readonly sleep?: (ms: number) => Promise<void>;
}

/** Consecutive attempts without a further byte before the download fails. */
const IDLE_ATTEMPTS = 5;
const SILENCE_MS = 60_000;
const PAUSE_MS = 1_000;

/**
 * @throws LociError `hub-damaged` where size or checksum differ from what the hub lists, twice; `hub-cut` where a transfer breaks off again and
 * again; `disk-full`, `not-writable`, and those of requests.
 */
export async function downloadBlob(request: BlobRequest): Promise<void> {
  const { target, file, incomplete } = request;
  await mkdir(dirname(target), { recursive: true });
  for (let turn = 1; ; turn++) {
    const fault = await transfer(request);
    if (fault === undefined) break;
    await rm(incomplete, { force: true });
    request.onBytes(0);
    if (turn === 2) {
      throw new LociError(
        'hub-damaged',
        `${file.path} arrived with ${fault} twice: the file on the hub, or a server in between, is damaged. Nothing of it was kept; try again later, ` +
          'or name another revision',
      );
    }
  }
  await writing(target, async () => {
    await chmod(incomplete, 0o644);
    await rename(incomplete, target);
  });
}

/** Completes the file. @returns the fault of the complete file; undefined when it is right. */
async function transfer(request: BlobRequest): Promise<string | undefined> {
  const { file, incomplete, onBytes, signal } = request;
  const { sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms)) } = request;
  let hash = newHash(file);
  let size = statSync(incomplete, { throwIfNoEntry: false })?.size ?? 0;
  if (size > file.size) size = 0;
  const handle = await writing(incomplete, () => open(incomplete, size === 0 ? 'w' : 'r+'));
  try {
    if (size > 0) {
      for await (const chunk of createReadStream(incomplete, { end: size - 1 })) {
        hash.update(chunk as Buffer);
      }
    }
    onBytes(size);
    for (let idle = 0; size < file.size;) {
      const before = size;
      const answer = await ask(request, size);
      if (answer.begin !== size) {
        [hash, size] = [newHash(file), 0];
        await writing(incomplete, () => handle.truncate(0));
        onBytes(0);
        if (answer.begin !== 0) {
          await answer.body.cancel();
          return `bytes from ${answer.begin} on, where ${before} were asked for,`;
        }
      }
      if (answer.total !== undefined && answer.total !== file.size) {
        await answer.body.cancel();
        return `${answer.total} bytes in place of ${file.size}`;
      }
      const cut = await receive(request, answer.body, handle, hash, size);
      size = cut.size;
      if (size > file.size) return `more than ${file.size} bytes`;
      if (size === file.size) break;
      signal?.throwIfAborted();
      idle = size > before ? 0 : idle + 1;
      if (idle === IDLE_ATTEMPTS) {
        throw new LociError(
          'hub-cut',
          `The transfer of ${file.path} broke off ${IDLE_ATTEMPTS} times without a further byte (${messageOf(cut.cause)}). ` +
            `${size} of ${file.size} bytes are kept: repeat the command to resume`,
        );
      }
      await sleep(PAUSE_MS * (idle + 1));
    }
    await writing(incomplete, () => handle.sync());
  } finally {
    await handle.close();
  }
  const found = hash.digest('hex');
  const wanted = file.sha256 ?? file.gitSha1;
  return found === wanted ? undefined : `the checksum ${found} in place of ${wanted}`;
}

/** A body, and which part of the file it is. */
interface Answer {
  readonly body: ReadableStream<Uint8Array>;
  readonly begin: number;
  /** Of the whole file; undefined where the server does not send it. */
  readonly total: number | undefined;
}

async function ask({ url, fetch, signal }: BlobRequest, from: number): Promise<Answer> {
  // Sizes and places are those of the file itself, and not of a packed form of it.
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  if (from > 0) headers['range'] = `bytes=${from}-`;
  const response = await fetch(url, { headers, ...(signal && { signal }) });
  const body = response.body ?? new Blob([]).stream();
  if (response.status !== 206) {
    const length = response.headers.get('content-length');
    const isPlain = (response.headers.get('content-encoding') ?? 'identity') === 'identity';
    return { body, begin: 0, total: length === null || !isPlain ? undefined : Number(length) };
  }
  const [, begin, total] =
    /^bytes (\d+)-\d+\/(\d+|\*)$/u.exec(response.headers.get('content-range') ?? '') ?? [];
  return { body, begin: Number(begin ?? -1), total: total === '*' ? undefined : Number(total) };
}

async function receive(
  { file, target, onBytes, silenceMs = SILENCE_MS }: BlobRequest,
  body: ReadableStream<Uint8Array>,
  handle: FileHandle,
  hash: Hash,
  from: number,
): Promise<{ readonly size: number; readonly cause?: unknown }> {
  let size = from;
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await within(silenceMs, reader.read());
      if (done) return { size, cause: new Error('the connection ended early') };
      if (size + value.length > file.size) return { size: size + value.length };
      await writing(target, () => handle.write(value, 0, value.length, size));
      hash.update(value);
      size += value.length;
      onBytes(size);
      if (size === file.size) return { size };
    }
  } catch (cause) {
    if (LociError.is(cause)) throw cause;
    return { size, cause };
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function within<Value>(ms: number, promise: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`nothing came for ${ms / 1000} s`)), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

async function writing<Value>(path: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (thrown) {
    throw writeError(path, thrown);
  }
}

/** For a large file the sha256 of its content; for any other the sha1 of a header and the content, as git names it. */
function newHash({ sha256, size }: RepositoryFile): Hash {
  return sha256 === undefined ? createHash('sha1').update(`blob ${size}\0`) : createHash('sha256');
}
