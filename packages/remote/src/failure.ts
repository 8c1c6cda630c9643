/** Sorts failures between a request and its answer: by whether another attempt may help, and by whether they concern one question or the run. */
import { LociError } from '@loci/core';
import type { ErrorConcern } from '@loci/core';
import { namedWaitMs } from './http/named-wait.ts';
import type { ReplyHeaders } from './http/named-wait.ts';
import { PassingFailure } from './http/passing-failure.ts';
import { onOneLine, shownText } from './shown-text.ts';
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
  /** Status of the reply; below 300 where only its body is an error. */
  readonly status: number;
  readonly headers: ReplyHeaders;
  readonly error: ServerError;
  /** The parsed body, where it was parsed. */
  readonly body: unknown;
}

/** The address of a server, and the key that requests carry. */
export interface Sender {
  readonly address: string;
  readonly hasKey: boolean;
  /** Hides the key in the server's words. */
  readonly hide: (text: string) => string;
}

/** Statuses of requests that may succeed at another attempt; all from 500 on may, too. */
const PASSING_STATUSES: ReadonlySet<number> = new Set([408, 409, 425, 429]);
/** Statuses of addresses without such an interface. */
const NOWHERE: ReadonlySet<number> = new Set([404, 405, 501]);
/** Statuses that count whatever the words are. */
const FIRM_STATUSES: ReadonlySet<number> = new Set([...PASSING_STATUSES, 503, 529]);

/** Longest quote of a server's own words. */
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
  const reason = reasonOf(replied, error, hide);
  const fail = (code: string, message: string, concerns?: ErrorConcern) =>
    new LociError(code, message, { ...(concerns && { concerns }) });
  const isRate = status === 429 || soundsPassing(error);
  const waitMs = namedWaitMs({ headers, body, words: error.words, isRate });
  const kind = refusalKind(error);
  const pass = () => new PassingFailure(reason, { waitMs });
  if (status === 403 && kind !== 'content') {
    if (soundsPassing(error)) return pass();
    return fail('remote-forbidden', `${address} forbids the request: ${reason}`, 'either');
  }
  if (status === 401 || kind === 'key') {
    const wants = hasKey
      ? `does not accept the API key: ${reason}. Set apiKeyEnv to the environment variable that holds the right one`
      : `needs an API key, and none was sent: ${reason}. Set apiKeyEnv to the environment variable that holds it`;
    return fail('remote-unauthorised', `${address} ${wants}`);
  }
  // A quota that renews at a named time is a rate.
  const isUsedUp = kind === 'quota' && (waitMs === undefined || hasCode('quota', error));
  if (status === 402 || isUsedUp) {
    return fail('remote-quota', `The quota of the account at ${address} is used up: ${reason}`);
  }
  if (kind === 'setting' || kind === 'stream') {
    const advice = kind === 'stream' ? UNSTREAMED : adviceOn(error.parameter);
    return fail('remote-setting', `${address} rejects a setting: ${reason}. ${advice}`);
  }
  if (kind === 'model' || (NOWHERE.has(status) && kind === undefined)) {
    const versioned = /\/v\d[^/]*(?:\/|$)/u.test(new URL(address).pathname);
    const hint = versioned ? '' : ` (perhaps ${address}/v1: the address ends with the version)`;
    return fail(
      'remote-model',
      `${address} has no such model or address: ${reason}. See model and baseUrl${hint}`,
    );
  }
  if (kind !== undefined && kind !== 'quota') {
    const message = `${address} refused the request: ${reason}${ADVICE[kind]}`;
    return fail('remote-refused', message, 'item');
  }
  const blamesRequest = !FIRM_STATUSES.has(status) && soundsRefused(error);
  const isServers = status < 400 || status >= 500 || PASSING_STATUSES.has(status);
  if (soundsPassing(error) || kind === 'quota' || (isServers && !blamesRequest)) return pass();
  const advice = status === 413 ? ADVICE.context : '';
  return fail('remote-refused', `${address} refused the request: ${reason}${advice}`, 'item');
}

const UNSTREAMED = 'Set stream: false';

const ADVICE: Readonly<
  Record<Exclude<RefusalKind, 'key' | 'quota' | 'setting' | 'stream' | 'model'>, string>
> = {
  images:
    '. Show fewer frames (benchmark.frames: { maxFrames: … }), or start the server with a higher limit (vLLM: --limit-mm-per-prompt)',
  media:
    '. Use a model that takes the media of the benchmark, or change media from frames to video or back',
  context:
    '. Show fewer or smaller frames (benchmark.frames), or start the server with more room (vLLM: --max-model-len)',
  content: '',
};

/** Advice on a parameter that a model rejects. */
function adviceOn(parameter: string | undefined): string {
  switch (parameter) {
    case 'max_tokens':
      return 'Set maxTokensName: max_completion_tokens';
    case 'max_completion_tokens':
      return 'Set maxTokensName: max_tokens';
    default:
      return `Set extra: { ${parameter ?? 'temperature'}: … } to a value that the model takes`;
  }
}

/** The status of a reply, unless its body or words name that of a server behind a proxy. */
function effectiveStatus(replied: number, error: ServerError): number {
  if (replied >= 400 && replied < 500) return replied;
  return error.status ?? statusInWords(error) ?? replied;
}

/** The server's words without markup and at a readable length, with status and codes. */
function reasonOf(replied: number, error: ServerError, hide: (text: string) => string): string {
  const words = shownText(hide(error.words), LONGEST_WORDS);
  const codes = [
    `status ${replied}`,
    ...(error.status === undefined || error.status === replied ? [] : [`code ${error.status}`]),
    ...error.codes.slice(0, 2).map((code) => onOneLine(hide(code)).slice(0, 80)),
  ];
  return `${words === '' ? 'it gave no reason' : words} (${codes.join(', ')})`;
}

const CERTIFICATE = /^(?:CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_CERT)/u;
const NO_TLS = /^(?:EPROTO$|ERR_SSL_)/u;

/**
 * Sorts out an error of the connection.
 *
 * @returns a `PassingFailure`, or LociError `remote-certificate` or `remote-address` where every attempt would end so. Any other error comes
 * back unchanged.
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
      `The certificate of ${address} is not trusted: ${root}. Set NODE_EXTRA_CA_CERTS to the file of its authority`,
    );
  }
  if (NO_TLS.test(code)) {
    const plain = address.replace(/^https:/u, 'http:');
    return new LociError(
      'remote-address',
      `${address} does not answer in TLS. Perhaps baseUrl should be ${plain}`,
    );
  }
  const isReached = syscall !== 'connect' && syscall !== 'getaddrinfo';
  const what = isReached ? 'the connection broke' : 'it cannot be reached';
  return new PassingFailure(`${what}: ${root}`, { cause: thrown });
}

/** The message of the innermost cause; of several tried addresses, that of the first. */
function rootOf(thrown: unknown): string {
  let root = thrown as Error & { readonly errors?: readonly Error[]; readonly code?: string };
  for (let next = root.errors?.[0] ?? root.cause; next instanceof Error;) {
    root = next as typeof root;
    next = root.errors?.[0] ?? root.cause;
  }
  return root.message === '' ? (root.code ?? 'no reason given') : root.message;
}
