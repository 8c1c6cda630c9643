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

/** Codes of OpenAI's for a setting that no request to this model may have. */
const SETTING_CODES = new Set(['unsupported_parameter', 'unsupported_value']);

/** Longest part of a server's own words that is passed on: some send whole pages. */
const LONGEST_WORDS = 300;

/** Where a server is, and whether it was sent a key. */
export interface Sender {
  readonly address: string;
  readonly hasKey: boolean;
}

/**
 * Sorts out what an attempt threw.
 *
 * @returns a `PassingFailure`, or a LociError: `remote-unauthorised` (the key), `remote-quota` (the account), `remote-model` (address or
 * model name) and `remote-setting` (a parameter that the model does not take) concern every request; `remote-refused` concerns this
 * one; `remote-forbidden` (403) may be either: a key without the right, or a prompt that moderation rejects. What is neither passes unchanged.
 */
export function sortFailure(
  thrown: unknown,
  { address, hasKey }: Sender,
  client: ClientErrors,
): unknown {
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
  const says = wordsOf(thrown.message);
  const fail = (code: string, message: string) => new LociError(code, message, { cause: thrown });
  if (status === 401) {
    const wants = hasKey
      ? `does not accept the API key: ${says}. Set apiKeyEnv to the environment variable that holds the right one`
      : `wants an API key, and none was sent: ${says}. Set apiKeyEnv to the environment variable that holds it`;
    return fail('remote-unauthorised', `${address} ${wants}`);
  }
  if (status === 403) return fail('remote-forbidden', `${address} forbids the request: ${says}`);
  if (status === 402 || thrown.code === 'insufficient_quota') {
    return fail('remote-quota', `The account at ${address} is used up: ${says}`);
  }
  if (status === 404) {
    const versioned = /\/v\d[^/]*(?:\/|$)/u.test(new URL(address).pathname);
    const hint = versioned ? '' : ` (${address}/v1, perhaps: it ends with the version)`;
    return fail(
      'remote-model',
      `${address} knows no such model or address: ${says}. See model and baseUrl${hint}`,
    );
  }
  if (status === 400 && SETTING_CODES.has(thrown.code ?? '')) {
    return fail(
      'remote-setting',
      `${address} does not take a setting: ${says}. ${adviceOn(thrown.param)}`,
    );
  }
  if (typeof status !== 'number' || status >= 500 || PASSING_STATUSES.has(status)) {
    const waitMs = waitOf(thrown.headers);
    return new PassingFailure(says, { cause: thrown, ...(waitMs !== undefined && { waitMs }) });
  }
  return fail('remote-refused', `${address} refused the request: ${says}`);
}

/** What to do about a parameter that a model does not take. */
function adviceOn(parameter: string | null | undefined): string {
  switch (parameter) {
    case 'max_tokens':
      return 'Set maxTokensName: max_completion_tokens';
    case 'max_completion_tokens':
      return 'Set maxTokensName: max_tokens';
    default:
      return `Set extra: { ${parameter ?? 'temperature'}: … } to a value that it takes`;
  }
}

/** What a server says of an error, without markup and cut to a length that people read. */
function wordsOf(message: string): string {
  const words = message
    .replace(/<[^>]*>/gu, ' ')
    .replace(/\s+/gu, ' ')
    .replace(/[\s.]+$/u, '')
    .trim();
  return words.length <= LONGEST_WORDS ? words : `${words.slice(0, LONGEST_WORDS)}…`;
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
