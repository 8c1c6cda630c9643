/** One request to a dashboard: the token, a limit of time, and what an answer that is no success means. */
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
  /** Statuses that are answers, beside 200. */
  readonly expected?: readonly number[];
  readonly timeoutMs?: number;
}

/** An answer. */
export interface RayReply {
  readonly status: number;
  readonly text: string;
}

const TIMEOUT_MS = 30_000;

/** Codes of errors that may pass by themselves: a head that starts, restarts or is out of reach. */
const PASSING: ReadonlySet<string> = new Set(['ray-unreachable', 'ray-busy']);

/** Whether an error may pass by itself, so that asking again makes sense. */
export function isPassing(thrown: unknown): boolean {
  return LociError.is(thrown) && PASSING.has(thrown.code);
}

/** Asks one dashboard. */
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
   * `ray-refused` with the server's own words.
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
    const what = messageOf(thrown) || String((thrown as NodeJS.ErrnoException).code);
    return new LociError(
      'ray-unreachable',
      `Ray does not answer at ${this.url}: ${what}. Start its head with "ray start --head --dashboard-host=…", or set trainer.address`,
      { cause: thrown },
    );
  }

  #refusal(status: number, text: string, asked: string): LociError {
    const { tokenFile } = this.access;
    const said =
      text
        .trim()
        .split('\n')
        .findLast((line) => line.trim() !== '') ?? '';
    const quoted = said === '' ? '' : `: ${said.slice(0, 500)}`;
    if (status === 401) {
      return new LociError(
        'ray-unauthorized',
        tokenFile === undefined
          ? `Ray at ${this.url} asks for a token (status 401), and none was sent: name the file that holds it in trainer.tokenFile ` +
              '("ray get-auth-token" prints it on the head; Ray keeps its own in ~/.ray/auth_token)'
          : `Ray at ${this.url} does not take the token of ${tokenFile} (status 401): a proxy before it may want another one, or the token has run out`,
      );
    }
    if (status === 403) {
      return new LociError(
        'ray-forbidden',
        tokenFile === undefined
          ? `${this.url} forbids this (status 403) to whoever brings no token${quoted}. Name its file in trainer.tokenFile`
          : `Ray at ${this.url} refused the token of ${tokenFile} (status 403): it is of another cluster, or was renewed; write the present one into the file`,
      );
    }
    if (status >= 300 && status < 400) {
      return new LociError(
        'ray-redirect',
        `${this.url} sends ${asked} elsewhere (status ${status}), and neither job nor token follow it: set trainer.address to the dashboard itself`,
      );
    }
    if (status === 404) {
      return new LociError('ray-not-found', `Ray at ${this.url} does not know ${asked}${quoted}`);
    }
    const isBusy = [429, 502, 503, 504].includes(status) || /no available agent/iu.test(text);
    return new LociError(
      isBusy ? 'ray-busy' : 'ray-refused',
      `Ray at ${this.url} answered ${asked} with status ${status}${quoted}`,
      { details: { status } },
    );
  }
}
