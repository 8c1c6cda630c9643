/** What can go wrong between a request and its answer, and what that means for the request and for the run. */
import { LociError, messageOf } from '@loci/core';
import OpenAI from 'openai';

/** A failure that another attempt may mend. */
export class PassingFailure extends Error {
  override readonly name = 'PassingFailure';
  /** Milliseconds that the server asks to wait. */
  readonly waitMs: number | undefined;

  constructor(message: string, options: { readonly cause?: unknown; readonly waitMs?: number } = {}) {
    super(message, { cause: options.cause });
    this.waitMs = options.waitMs;
  }
}

/** Statuses of requests that may succeed when they are sent again; all from 500 on may, too. */
const PASSING_STATUSES = new Set([408, 409, 425, 429]);

/**
 * Sorts out what an attempt threw.
 *
 * @returns a `PassingFailure`, or a LociError: `remote-unauthorised` (the key), `remote-quota` (the account), `remote-model` (address or
 * model name) concern every request; `remote-refused` concerns this one. What is neither passes unchanged.
 */
export function sortFailure(thrown: unknown, address: string): unknown {
  if (thrown instanceof PassingFailure || LociError.is(thrown)) return thrown;
  if (thrown instanceof SyntaxError) {
    return new PassingFailure('it sent what is no JSON', { cause: thrown });
  }
  if (!(thrown instanceof OpenAI.APIError)) {
    // A body that breaks off is thrown by `fetch` itself.
    return thrown instanceof TypeError
      ? new PassingFailure(`the connection broke: ${messageOf(thrown.cause ?? thrown)}`, {
          cause: thrown,
        })
      : thrown;
  }
  const status: unknown = thrown.status;
  if (thrown instanceof OpenAI.APIConnectionError) {
    return new PassingFailure(`it cannot be reached: ${messageOf(thrown.cause ?? thrown)}`, {
      cause: thrown,
    });
  }
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
    return fail('remote-model', `${address} knows no such model or address: ${says}. See baseUrl and model`);
  }
  if (typeof status !== 'number' || status >= 500 || PASSING_STATUSES.has(status)) {
    const waitMs = waitOf(thrown.headers);
    return new PassingFailure(says, { cause: thrown, ...(waitMs !== undefined && { waitMs }) });
  }
  return fail('remote-refused', `${address} refused the request: ${says}`);
}

/** What `Retry-After` says, in seconds or as a date; undefined where it says nothing of use. */
function waitOf(headers: Headers | undefined): number | undefined {
  const value = headers?.get('retry-after');
  if (value === null || value === undefined) return undefined;
  const seconds = Number(value);
  const waitMs = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(waitMs) ? Math.max(0, waitMs) : undefined;
}
