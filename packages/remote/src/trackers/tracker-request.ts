/** One request to a tracker, with a time limit; what it says of a failure holds no key. */
import { keyHider } from '../http/hide-key.ts';
import { TrackerRefusal } from './entry.ts';

/** Time that a tracker has for an answer. */
const PATIENCE_MS = 15_000;
/** Characters of an error that are shown. */
const SHOWN = 300;

/** Statuses by which a server says that this request is wrong, and will be however often it comes. */
const REFUSED: ReadonlySet<number> = new Set([400, 413, 415, 422]);

/** What is asked. */
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

/** A reply whose status says that something is wrong. */
export class TrackerReply extends Error {
  override readonly name = 'TrackerReply';
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
 * Asks a tracker.
 *
 * @returns the JSON of its answer; undefined where that is none.
 * @throws TrackerReply for a status of 300 and more; errors of the connection with their reason.
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
  if (!reply.ok) throw new TrackerReply(reply.status, keyHider(secret).inMessage(text));
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Runs what asks a tracker; a reply that will never be another one becomes a refusal. */
export async function refusing(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    if (thrown instanceof TrackerReply && thrown.isRefusal) {
      throw new TrackerRefusal(thrown.message, { cause: thrown });
    }
    throw thrown;
  }
}

/** `fetch failed` says nothing; its cause does. */
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
