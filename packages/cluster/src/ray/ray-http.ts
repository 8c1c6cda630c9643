/** One request to a dashboard: adds the token, limits the time, and turns failures into errors with a remedy. */
import { LociError, messageOf } from '@loci/core';
import type { RayAccess } from './address.ts';
import { exchange } from './exchange.ts';
import { readToken, withoutToken } from './token.ts';

/** A request. */
export interface RayRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** `/api/version` */
  readonly path: string;
  /** Sent as JSON, or as bytes. */
  readonly json?: unknown;
  readonly bytes?: Uint8Array;
  /** Statuses that are not errors, besides 200. */
  readonly expected?: readonly number[];
  readonly timeoutMs?: number;
}

/** An answer. */
export interface RayReply {
  readonly status: number;
  readonly text: string;
}

const TIMEOUT_MS = 30_000;

/** Codes of temporary errors: a head that starts, restarts or is unreachable. */
const PASSING: ReadonlySet<string> = new Set(['ray-unreachable', 'ray-busy']);

/** Whether an error is temporary, so that a retry makes sense. */
export function isPassing(thrown: unknown): boolean {
  return LociError.is(thrown) && PASSING.has(thrown.code);
}

/** Sends requests to one dashboard. */
export class RayHttp {
  readonly access: RayAccess;

  constructor(access: RayAccess) {
    this.access = access;
  }

  get url(): string {
    return this.access.address.url;
  }

  /**
   * @throws LociError `ray-unreachable`, `ray-busy`, `ray-unauthorized` (401), `ray-forbidden` (403), `ray-redirect`, `ray-not-found`, or
   * `ray-refused` with the server's own message.
   */
  async send(request: RayRequest): Promise<RayReply> {
    const { method, path, expected = [], timeoutMs = TIMEOUT_MS } = request;
    const { tokenFile } = this.access;
    const token = tokenFile === undefined ? undefined : readToken(tokenFile);
    const body =
      request.bytes ??
      (request.json === undefined ? undefined : Buffer.from(JSON.stringify(request.json)));
    let status: number;
    let text: string;
    try {
      ({ status, text } = await exchange(`${this.url}${path}`, {
        ...{ method, body, timeoutMs },
        headers: {
          'user-agent': 'loci',
          ...(request.json !== undefined && { 'content-type': 'application/json' }),
          ...(request.bytes !== undefined && { 'content-type': 'application/octet-stream' }),
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
      }));
    } catch (thrown) {
      throw this.#unreachable(thrown);
    }
    text = withoutToken(text, token);
    if (status === 200 || expected.includes(status)) return { status, text };
    throw this.#refusal(status, text, `${method} ${path}`);
  }

  #unreachable(thrown: unknown): LociError {
    const reason = messageOf(thrown) || String((thrown as NodeJS.ErrnoException).code);
    return new LociError(
      'ray-unreachable',
      `Ray does not answer at ${this.url}: ${reason}. Start its head with "ray start --head --dashboard-host=…", or set trainer.address`,
      { cause: thrown },
    );
  }

  #refusal(status: number, text: string, request: string): LociError {
    const { tokenFile } = this.access;
    const lastLine =
      text
        .trim()
        .split('\n')
        .findLast((line) => line.trim() !== '') ?? '';
    const quoted = lastLine === '' ? '' : `: ${lastLine.slice(0, 500)}`;
    if (status === 401) {
      return new LociError(
        'ray-unauthorized',
        tokenFile === undefined
          ? `Ray at ${this.url} asks for a token (status 401), and none was sent: name the file that holds it in trainer.tokenFile ` +
              '("ray get-auth-token" prints it on the head; Ray keeps its own in ~/.ray/auth_token)'
          : `Ray at ${this.url} does not accept the token of ${tokenFile} (status 401): a proxy before it may need another one, or the token has expired. Write a valid one into the file`,
      );
    }
    if (status === 403) {
      return new LociError(
        'ray-forbidden',
        tokenFile === undefined
          ? `${this.url} forbids requests without a token (status 403)${quoted}. Name the file that holds it in trainer.tokenFile`
          : `Ray at ${this.url} refused the token of ${tokenFile} (status 403): it belongs to another cluster, or was renewed. Write the current one into the file`,
      );
    }
    if (status >= 300 && status < 400) {
      return new LociError(
        'ray-redirect',
        `${this.url} redirects ${request} (status ${status}), and Loci does not send job and token there: set trainer.address to the dashboard itself`,
      );
    }
    if (status === 404) {
      return new LociError('ray-not-found', `Ray at ${this.url} does not know ${request}${quoted}`);
    }
    const isBusy = [429, 502, 503, 504].includes(status) || /no available agent/iu.test(text);
    return new LociError(
      isBusy ? 'ray-busy' : 'ray-refused',
      `Ray at ${this.url} answered ${request} with status ${status}${quoted}`,
      { details: { status } },
    );
  }
}
