/**
 * Requests to the hub, as a `fetch` that the library takes in place of the usual one. It adds the token for the hub's own address alone, follows
 * redirects itself, retries where that helps, and turns failures into errors that name a remedy.
 */
import { LociError, messageOf } from '@loci/core';
import type { Logger } from '@loci/core';
import type { Token } from '../token.ts';
import { refusal } from './refusal.ts';
import { waitBefore } from './waits.ts';

/** Settings of all requests. */
export interface HubFetchOptions {
  readonly endpoint: string;
  readonly token: Token | undefined;
  readonly isOffline: boolean;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  /** Waits for so many milliseconds; a timer by default. */
  readonly sleep?: (ms: number) => Promise<void>;
  /** An attempt fails when the head of an answer takes longer. */
  readonly headTimeoutMs?: number;
}

const ATTEMPTS = 6;
const REDIRECTS = 8;
const HEAD_TIMEOUT_MS = 30_000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** Statuses after which the same request may succeed. */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);
/** After these, the server has not begun to work on the request. */
const UNTOUCHED = new Set([429, 503]);
const REDIRECTED = new Set([301, 302, 303, 307, 308]);

/**
 * Makes the `fetch`.
 *
 * @returns a function that resolves only to answers with a status below 400.
 * @throws LociError, from the function: `hub-offline`, `hub-unreachable`, `hub-busy`, and those of `refusal`.
 */
export function hubFetch(options: HubFetchOptions): typeof fetch {
  const sleep = options.sleep ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms)));
  return async (input, init = {}) => {
    const address = String(input instanceof Request ? input.url : input);
    if (options.isOffline) {
      throw new LociError(
        'hub-offline',
        'HF_HUB_OFFLINE is set, so Loci sends no request to the hub: unset it, or download the files beforehand',
      );
    }
    for (let attempt = 1; ; attempt++) {
      const outcome = await once(address, init, options);
      const mayRepeat = isRepeatable(init, outcome);
      if (outcome.response !== undefined && outcome.response.status < 400) return outcome.response;
      const wait =
        mayRepeat && attempt < ATTEMPTS ? waitBefore(attempt, outcome.response) : undefined;
      if (wait === undefined) throw await failure(outcome, address, options);
      const why = outcome.response
        ? `answered ${outcome.response.status}`
        : messageOf(outcome.cause);
      await outcome.response?.body?.cancel();
      if (wait >= 5_000) {
        options.logger.info(`the hub ${why}: next attempt in ${Math.round(wait / 1000)} s`);
      }
      await sleep(wait);
    }
  };
}

/** An answer, or why there is none. */
interface Outcome {
  readonly response?: Response;
  readonly cause?: unknown;
}

async function once(
  address: string,
  init: RequestInit,
  { endpoint, token, headTimeoutMs = HEAD_TIMEOUT_MS }: HubFetchOptions,
): Promise<Outcome> {
  const home = new URL(endpoint).origin;
  let url = new URL(address);
  let { method = 'GET', body } = init;
  for (let hop = 0; hop <= REDIRECTS; hop++) {
    const headers = new Headers(init.headers);
    // The library has no token: a header that it sets for another address belongs to that address, and to no redirect of it.
    if (url.origin === home || hop > 0) headers.delete('authorization');
    if (url.origin === home && token !== undefined) headers.set('authorization', token.header());
    headers.set('user-agent', 'loci; @huggingface/hub');
    const giveUp = new AbortController();
    const patience = patienceFor(method, body, headTimeoutMs);
    const timer = setTimeout(
      () => giveUp.abort(new Error(`no answer within ${patience / 1000} s`)),
      patience,
    );
    const signal = AbortSignal.any([giveUp.signal, ...(init.signal ? [init.signal] : [])]);
    let response: Response;
    try {
      response = await fetch(url, {
        ...init,
        ...{ method, headers, signal, redirect: 'manual' },
        body: body ?? null,
      });
    } catch (cause) {
      if (init.signal?.aborted === true) throw cause;
      return { cause: giveUp.signal.aborted ? giveUp.signal.reason : rootOf(cause) };
    } finally {
      clearTimeout(timer);
    }
    const location = response.headers.get('location');
    if (!REDIRECTED.has(response.status) || location === null) return { response };
    const next = new URL(location, url);
    await response.body?.cancel();
    if (url.protocol === 'https:' && next.protocol !== 'https:') {
      throw new LociError(
        'hub-redirect',
        `${url.host} redirects to ${next.host} without encryption: Loci does not follow it`,
      );
    }
    if (response.status === 303 || (method === 'POST' && response.status < 303)) {
      [method, body] = ['GET', undefined];
    }
    if (body !== undefined && body !== null && next.origin !== url.origin) {
      throw new LociError(
        'hub-redirect',
        `${url.host} redirects an upload to ${next.host}: Loci does not send files on to another host`,
      );
    }
    url = next;
  }
  throw new LociError(
    'hub-redirect',
    `${new URL(address).host} redirects more than ${REDIRECTS} times`,
  );
}

/** Uploading a file comes before its answer, and a commit of many files takes minutes. Only reads are answered soon. */
function patienceFor(method: string, body: RequestInit['body'], headTimeoutMs: number): number {
  const isFile = body !== undefined && body !== null && typeof body !== 'string';
  if (isFile) return LONGEST_TIMER_MS;
  return method === 'GET' || method === 'HEAD' ? headTimeoutMs : 20 * headTimeoutMs;
}

/** Whether the same request may be sent again: GET, HEAD and PUT always, others only where the server has not begun to work on them. */
function isRepeatable({ method = 'GET', body }: RequestInit, { response }: Outcome): boolean {
  if (response !== undefined && !PASSING.has(response.status)) return false;
  const canReplay =
    body === undefined || body === null || typeof body === 'string' || body instanceof Blob;
  if (!canReplay) return false;
  if (['GET', 'HEAD', 'PUT'].includes(method.toUpperCase())) return true;
  return response !== undefined && UNTOUCHED.has(response.status);
}

async function failure(
  { response, cause }: Outcome,
  address: string,
  options: HubFetchOptions,
): Promise<LociError> {
  if (response !== undefined) return refusal(response, new URL(address), options);
  const { host } = new URL(address);
  return new LociError(
    'hub-unreachable',
    `${host} cannot be reached (${options.token?.hide(messageOf(cause)) ?? messageOf(cause)}): check the network, ` +
      'set HF_ENDPOINT where the hub has another address, or set HF_HUB_OFFLINE=1 to use downloaded files',
  );
}

/** The innermost cause: `fetch failed` alone does not help. */
function rootOf(thrown: unknown): unknown {
  const { cause } = Object(thrown) as { readonly cause?: unknown };
  return cause === undefined ? thrown : rootOf(cause);
}
