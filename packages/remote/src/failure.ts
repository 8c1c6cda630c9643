/** What can go wrong between a request and its answer, and what that means for the request and for the run. */
import { LociError } from '@loci/core';
import type { ErrorConcern } from '@loci/core';
import { namedWaitMs } from './http/named-wait.ts';
import type { ReplyHeaders } from './http/named-wait.ts';
import { PassingFailure } from './http/passing-failure.ts';
import { onOneLine } from './one-line.ts';
import {
  hasCode,
  refusalKind,
  soundsPassing,
  soundsRefused,
  statusInWords,
} from './refusal-kinds.ts';
import type { RefusalKind } from './refusal-kinds.ts';
import type { ServerError } from './server-error.ts';

/** A reply that is an error. */
export interface ErrorReply {
  /** Of the reply; below 300 where only its body is an error. */
  readonly status: number;
  readonly headers: ReplyHeaders;
  readonly error: ServerError;
  /** The parsed body, where it was parsed. */
  readonly body: unknown;
}

/** Where a server is, and how it was asked. */
export interface Sender {
  readonly address: string;
  readonly hasKey: boolean;
  /** Hides the key in what the server says. */
  readonly hide: (text: string) => string;
}

/** Statuses of requests that may succeed when they are sent again; all from 500 on may, too. */
const PASSING_STATUSES: ReadonlySet<number> = new Set([408, 409, 425, 429]);
/** Statuses of addresses at which there is no such interface. */
const NOWHERE: ReadonlySet<number> = new Set([404, 405, 501]);
/** Statuses that say why on their own, whatever the words are. */
const FIRM_STATUSES: ReadonlySet<number> = new Set([...PASSING_STATUSES, 503, 529]);

/** Longest part of a server's own words that is passed on: some send whole pages. */
const LONGEST_WORDS = 400;

/**
 * Sorts out an error reply.
 *
 * @returns a `PassingFailure`, or a LociError: `remote-unauthorised` (the key), `remote-quota` (the account), `remote-model` (address or
 * model name) and `remote-setting` (a parameter that the model does not take) concern every request; `remote-refused` concerns this
 * one (`concerns: 'item'`); `remote-forbidden` (403) may be either: a key without the right, or a prompt that moderation rejects.
 */
export function sortFailure(
  { status: replied, headers, error, body }: ErrorReply,
  { address, hasKey, hide }: Sender,
): PassingFailure | LociError {
  const status = effectiveStatus(replied, error);
  const says = wordsOf(replied, error, hide);
  const fail = (code: string, message: string, concerns?: ErrorConcern) =>
    new LociError(code, message, { ...(concerns && { concerns }) });
  const isRate = status === 429 || soundsPassing(error);
  const waitMs = namedWaitMs({ headers, body, words: error.words, isRate });
  const kind = refusalKind(error);
  const pass = () => new PassingFailure(says, { waitMs });
  if (status === 403 && kind !== 'content') {
    if (soundsPassing(error)) return pass();
    return fail('remote-forbidden', `${address} forbids the request: ${says}`, 'either');
  }
  if (status === 401 || kind === 'key') {
    const wants = hasKey
      ? `does not accept the API key: ${says}. Set apiKeyEnv to the environment variable that holds the right one`
      : `wants an API key, and none was sent: ${says}. Set apiKeyEnv to the environment variable that holds it`;
    return fail('remote-unauthorised', `${address} ${wants}`);
  }
  // A quota with a time at which it is there again is a rate.
  const isUsedUp = kind === 'quota' && (waitMs === undefined || hasCode('quota', error));
  if (status === 402 || isUsedUp) {
    return fail('remote-quota', `The account at ${address} is used up: ${says}`);
  }
  if (kind === 'setting' || kind === 'stream') {
    const advice = kind === 'stream' ? UNSTREAMED : adviceOn(error.parameter);
    return fail('remote-setting', `${address} does not take a setting: ${says}. ${advice}`);
  }
  if (kind === 'model' || (NOWHERE.has(status) && kind === undefined)) {
    const versioned = /\/v\d[^/]*(?:\/|$)/u.test(new URL(address).pathname);
    const hint = versioned ? '' : ` (${address}/v1, perhaps: it ends with the version)`;
    return fail(
      'remote-model',
      `${address} knows no such model or address: ${says}. See model and baseUrl${hint}`,
    );
  }
  if (kind !== undefined && kind !== 'quota') {
    return fail('remote-refused', `${address} refused the request: ${says}${ADVICE[kind]}`, 'item');
  }
  const blamesRequest = !FIRM_STATUSES.has(status) && soundsRefused(error);
  const isServers = status < 400 || status >= 500 || PASSING_STATUSES.has(status);
  if (soundsPassing(error) || kind === 'quota' || (isServers && !blamesRequest)) return pass();
  const advice = status === 413 ? ADVICE.context : '';
  return fail('remote-refused', `${address} refused the request: ${says}${advice}`, 'item');
}

const UNSTREAMED = 'Set stream: false';

const ADVICE: Readonly<
  Record<Exclude<RefusalKind, 'key' | 'quota' | 'setting' | 'stream' | 'model'>, string>
> = {
  images:
    '. Show fewer frames (benchmark.frames: { maxFrames: … }), or start the server with a higher limit (vLLM: --limit-mm-per-prompt)',
  media:
    '. Use a model that takes what the benchmark shows, or set media to the other of frames and video',
  context:
    '. Show fewer or smaller frames (benchmark.frames), or start the server with more room (vLLM: --max-model-len)',
  content: '',
};

/** What to do about a parameter that a model does not take. */
function adviceOn(parameter: string | undefined): string {
  switch (parameter) {
    case 'max_tokens':
      return 'Set maxTokensName: max_completion_tokens';
    case 'max_completion_tokens':
      return 'Set maxTokensName: max_tokens';
    default:
      return `Set extra: { ${parameter ?? 'temperature'}: … } to a value that it takes`;
  }
}

/** The status of a reply, unless its body or its words know better: those of a server behind the one that was asked. */
function effectiveStatus(replied: number, error: ServerError): number {
  if (replied >= 400 && replied < 500) return replied;
  return error.status ?? statusInWords(error) ?? replied;
}

/** What a server says of an error, without markup and cut to a length that people read, with its status and codes. */
function wordsOf(replied: number, error: ServerError, hide: (text: string) => string): string {
  const plain = hide(error.words)
    .replace(/<(?:script|style)\b[\s\S]*?(?:<\/(?:script|style)>|$)/giu, ' ')
    .replace(/<\/?[a-z!][^>]*>/giu, ' ');
  const words = onOneLine(plain)
    .replace(/[\s.]+$/u, '')
    .trim();
  const short = words.length <= LONGEST_WORDS ? words : `${words.slice(0, LONGEST_WORDS)}…`;
  const codes = [
    `status ${replied}`,
    ...(error.status === undefined || error.status === replied ? [] : [`code ${error.status}`]),
    ...error.codes.slice(0, 2).map((code) => onOneLine(hide(code)).slice(0, 80)),
  ];
  return `${short === '' ? 'it gave no reason' : short} (${codes.join(', ')})`;
}

const CERTIFICATE = /^(?:CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_CERT)/u;
const NO_TLS = /^(?:EPROTO$|ERR_SSL_)/u;

/**
 * Sorts out what a connection threw.
 *
 * @returns a `PassingFailure`, or LociError `remote-certificate` or `remote-address` where every attempt would end so. What did not come from
 * the connection passes unchanged.
 */
export function sortConnectionFailure(thrown: unknown, address: string): unknown {
  const { code, syscall } = Object(thrown) as {
    readonly code?: unknown;
    readonly syscall?: unknown;
  };
  if (typeof code !== 'string' || LociError.is(thrown)) return thrown;
  const root = rootOf(thrown);
  if (CERTIFICATE.test(code)) {
    return new LociError(
      'remote-certificate',
      `The certificate of ${address} is not trusted: ${root}. Name the file of its authority in NODE_EXTRA_CA_CERTS`,
    );
  }
  if (NO_TLS.test(code)) {
    const plain = address.replace(/^https:/u, 'http:');
    return new LociError(
      'remote-address',
      `${address} does not answer in TLS. Set baseUrl to ${plain}, perhaps`,
    );
  }
  const isReached = syscall !== 'connect' && syscall !== 'getaddrinfo';
  const what = isReached ? 'the connection broke' : 'it cannot be reached';
  return new PassingFailure(`${what}: ${root}`, { cause: thrown });
}

/** The message of the innermost cause; of several addresses that were tried, the first. */
function rootOf(thrown: unknown): string {
  let root = thrown as Error & { readonly errors?: readonly Error[]; readonly code?: string };
  for (let next = root.errors?.[0] ?? root.cause; next instanceof Error;) {
    root = next as typeof root;
    next = root.errors?.[0] ?? root.cause;
  }
  return root.message === '' ? (root.code ?? 'no reason given') : root.message;
}
