/** Sends one request to a tracker, with a time limit. No error message contains the key. */
import { keyHider } from '../http/hide-key.ts';
import { TrackerRefusal } from './entry.ts';

/** Time limit of an answer. */
const PATIENCE_MS = 15_000;
/** Characters of an error in a message. */
const SHOWN = 300;

/** Statuses of requests that the server will never take. */
const REFUSED: ReadonlySet<number> = new Set([400, 413, 415, 422]);

/** A request. */
export interface TrackerRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  /** JSON, a form, or bytes. */
  readonly body?: object | FormData | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  /** Never shown in a message. */
  readonly secret?: string | undefined;
  readonly signal: AbortSignal;
}

/** A reply with an error status. */
export class TrackerStatusError extends Error {
  override readonly name = 'TrackerStatusError';
  readonly status: number;
  readonly body: string;

  constructor(status: number, body: string) {
    super(`status ${status}: ${body.slice(0, SHOWN)}`);
    this.status = status;
    this.body = body;
  }

  /** Whether the same request will never be taken. */
  get isRefusal(): boolean {
    return REFUSED.has(this.status);
  }
}

/**
 * Sends a request.
 *
 * @returns the JSON of the answer; undefined for an answer that is not JSON.
 * @throws TrackerStatusError for a status of 300 and more; errors of the connection with their reason.
 */
export async function askTracker(request: TrackerRequest): Promise<unknown> {
  const { method, url, body, headers = {}, secret, signal } = request;
  const limit = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
  const isRaw = body instanceof FormData || body instanceof Uint8Array;
  let reply: Response;
  try {
    reply = await fetch(url, {
      ...{ method, signal: limit, redirect: 'manual' },
      headers: {
        ...(!isRaw && body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && {
        body: isRaw ? (body as FormData | Uint8Array<ArrayBuffer>) : JSON.stringify(body),
      }),
    });
  } catch (thrown) {
    throw new Error(reasonOf(thrown), { cause: thrown });
  }
  const text = await reply.text();
  if (!reply.ok) throw new TrackerStatusError(reply.status, keyHider(secret).inMessage(text));
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Runs requests to a tracker, and turns a status that no repetition changes into a refusal. */
export async function withRefusals(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    if (thrown instanceof TrackerStatusError && thrown.isRefusal) {
      throw new TrackerRefusal(thrown.message, { cause: thrown });
    }
    throw thrown;
  }
}

/** The reason in the cause of an error of `fetch`, whose own message is only `fetch failed`. */
function reasonOf(thrown: unknown): string {
  const { name, message, cause } = thrown as Partial<Error>;
  if (name === 'TimeoutError') return `no answer within ${PATIENCE_MS / 1000} s`;
  const {
    message: why = '',
    errors,
    code,
  } = (cause ?? {}) as Partial<AggregateError> & {
    readonly code?: string;
  };
  const [first] = (errors ?? []) as readonly Partial<Error>[];
  return [why, first?.message, code, message].find((text) => text) ?? String(thrown);
}
