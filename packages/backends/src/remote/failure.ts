/** What can go wrong between a request and its answer, and what that means for the request and for the run. */
import { LociError } from '@loci/core';
import type OpenAI from 'openai';

/** A failure that another attempt may mend. */
export class PassingFailure extends Error {
  override readonly name = 'PassingFailure';
  /** Milliseconds that the server asks to wait. */
  readonly waitMs: number | undefined;

  constructor(
    message: string,
    options: { readonly cause?: unknown; readonly waitMs?: number } = {},
  ) {
    super(message, { cause: options.cause });
    this.waitMs = options.waitMs;
  }
}

/** The errors of OpenAI's client, which is loaded with the first request. */
export type ClientErrors = Pick<typeof OpenAI, 'APIError' | 'APIConnectionError'>;

/** Statuses of requests that may succeed when they are sent again; all from 500 on may, too. */
const PASSING_STATUSES = new Set([408, 409, 425, 429]);

/**
 * Sorts out what an attempt threw.
 *
 * @returns a `PassingFailure`, or a LociError: `remote-unauthorised` (the key), `remote-quota` (the account), `remote-model` (address or
 * model name) concern every request; `remote-refused` concerns this one. What is neither passes unchanged.
 */
export function sortFailure(thrown: unknown, address: string, client: ClientErrors): unknown {
  if (thrown instanceof PassingFailure || LociError.is(thrown)) return thrown;
  if (!(thrown instanceof client.APIError)) {
    // Recognised by name: `fetch` and the parser may come from another realm.
    switch ((thrown as Error | undefined)?.name) {
      case 'SyntaxError':
        return new PassingFailure('it sent what is no JSON', { cause: thrown });
      case 'TypeError':
        return new PassingFailure(`the connection broke: ${rootOf(thrown)}`, { cause: thrown });
      default:
        return thrown;
    }
  }
  if (thrown instanceof client.APIConnectionError) {
    return new PassingFailure(`it cannot be reached: ${rootOf(thrown)}`, { cause: thrown });
  }
  const status: unknown = thrown.status;
  const says = thrown.message;
  const fail = (code: string, message: string) => new LociError(code, message, { cause: thrown });
  if (status === 401 || status === 403) {
    return fail(
      'remote-unauthorised',
      `${address} does not accept the API key: ${says}. Set apiKeyEnv to the environment variable that holds the right one`,
    );
  }
  if (thrown.code === 'insufficient_quota') {
    return fail('remote-quota', `The account at ${address} is used up: ${says}`);
  }
  if (status === 404) {
    return fail(
      'remote-model',
      `${address} knows no such model or address: ${says}. See baseUrl and model`,
    );
  }
  if (typeof status !== 'number' || status >= 500 || PASSING_STATUSES.has(status)) {
    const waitMs = waitOf(thrown.headers);
    return new PassingFailure(says, { cause: thrown, ...(waitMs !== undefined && { waitMs }) });
  }
  return fail('remote-refused', `${address} refused the request: ${says}`);
}

/** The message of the innermost cause: that of `fetch` itself only says that it failed. */
function rootOf(thrown: unknown): string {
  let root = thrown as Error;
  while (root.cause !== undefined && root.cause !== null) root = root.cause as Error;
  return root.message;
}

/** What `Retry-After` says, in seconds or as a date; undefined where it says nothing of use. */
function waitOf(headers: Headers | undefined): number | undefined {
  const value = headers?.get('retry-after');
  if (value === null || value === undefined) return undefined;
  const seconds = Number(value);
  const waitMs = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(waitMs) ? Math.max(0, waitMs) : undefined;
}
