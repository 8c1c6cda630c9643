/** Sends one request and hands the reply over as it comes. It sets no time limits: a slow model is not a broken one. */
import { request as requestPlainly } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { request as requestSecurely } from 'node:https';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createInflate, createUnzip } from 'node:zlib';
import { LociError } from '@loci/core';
import type { ReplyHeaders } from './named-wait.ts';

/** A reply with an unread body. */
export interface Reply {
  readonly status: number;
  readonly headers: ReplyHeaders;
  /** Decompressed. To stop reading early closes the connection. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** A request. */
export interface JsonPost {
  readonly url: string;
  readonly body: string;
  /** Undefined for a server without keys. */
  readonly apiKey: string | undefined;
}

const MOST_REDIRECTS = 3;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 307, 308]);

/**
 * Posts JSON. It follows a redirect within the same server, and one from http to https of the same host.
 *
 * @throws LociError `remote-redirect` for any other redirect: another host gets neither the question nor the key. Errors of the connection
 * come as Node.js makes them, with a `code`.
 */
export async function postJson(post: JsonPost, signal: AbortSignal): Promise<Reply> {
  let url = new URL(post.url);
  for (let hop = 0; ; hop++) {
    const reply = await send(url, post, signal);
    const status = reply.statusCode ?? 0;
    const { location } = reply.headers;
    if (status < 300 || status >= 400 || location === undefined) {
      return { status, headers: reply.headers, body: decompressed(reply) };
    }
    reply.destroy();
    const target = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
    if (target === undefined || !isSameServer(url, target)) throw elsewhere(url, location);
    if (!REDIRECTS.has(status) || hop === MOST_REDIRECTS) {
      throw new LociError(
        'remote-redirect',
        `${url.href} redirects to ${target.href} (status ${status}), which does not lead to the interface. Set baseUrl to the address of the interface itself`,
      );
    }
    url = target;
  }
}

function isSameServer(from: URL, to: URL): boolean {
  if (from.origin === to.origin) return true;
  const isUpgrade = from.protocol === 'http:' && to.protocol === 'https:';
  return isUpgrade && from.hostname === to.hostname && from.port === '' && to.port === '';
}

function elsewhere(from: URL, location: string): LociError {
  return new LociError(
    'remote-redirect',
    `${from.origin} redirects to another server, ${location}. Neither the question nor the key was sent there. Set baseUrl to that server if you trust it`,
  );
}

async function send(url: URL, post: JsonPost, signal: AbortSignal): Promise<IncomingMessage> {
  try {
    return await sendOnce(url, post, signal);
  } catch (thrown) {
    // The server closed a kept connection just as the request used it again, and read nothing of it.
    if (!(thrown instanceof ReusedSocketError)) throw thrown;
    return await sendOnce(url, post, signal);
  }
}

class ReusedSocketError extends Error {}

function sendOnce(
  url: URL,
  { body, apiKey }: JsonPost,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const bytes = Buffer.from(body);
  const headers = {
    'content-type': 'application/json',
    'content-length': bytes.length,
    accept: 'application/json, text/event-stream',
    'accept-encoding': 'identity',
    'user-agent': 'loci',
    ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
  };
  return new Promise((resolve, reject) => {
    const request = url.protocol === 'https:' ? requestSecurely : requestPlainly;
    const sent = request(url, { method: 'POST', headers, signal }, resolve);
    sent.on('error', (error: NodeJS.ErrnoException) => {
      const isStale = sent.reusedSocket && error.code === 'ECONNRESET' && !signal.aborted;
      reject(isStale ? new ReusedSocketError(error.message, { cause: error }) : error);
    });
    sent.end(bytes);
  });
}

/** The body of a reply. Some servers compress it although the request does not allow that. */
function decompressed(reply: IncomingMessage): Readable {
  const encoding = reply.headers['content-encoding']?.trim().toLowerCase() ?? '';
  const decoder = /^(?:x-)?gzip$/u.test(encoding)
    ? createUnzip()
    : encoding === 'deflate'
      ? createInflate()
      : encoding === 'br'
        ? createBrotliDecompress()
        : undefined;
  if (decoder === undefined) return reply;
  reply.on('error', (error) => decoder.destroy(error));
  decoder.on('close', () => reply.destroy());
  return reply.pipe(decoder);
}
