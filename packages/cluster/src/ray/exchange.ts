/**
 * One HTTP exchange with `node:http`. `fetch` does not work here: it sends `sec-fetch-mode`, as browsers do, and Ray answers requests of
 * browsers with 405 (dashboard/optional_utils.py).
 */
import { request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';

/** An HTTP request. */
export interface Outgoing {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
  /** For the whole exchange. */
  readonly timeoutMs: number;
}

/** Its answer; redirects are not followed. */
export interface Incoming {
  readonly status: number;
  readonly text: string;
}

/** No answer came in time. */
class SilenceError extends Error {
  override readonly name = 'SilenceError';
}

/** Sends a request. @throws Error when no answer came in time, and errors of the connection as Node.js makes them. */
export function exchange(
  url: string,
  { method, headers, body, timeoutMs }: Outgoing,
): Promise<Incoming> {
  return new Promise((resolve, reject) => {
    const request = url.startsWith('https:') ? overHttps : overHttp;
    const length = body === undefined ? {} : { 'content-length': String(body.length) };
    const sent = request(url, { method, headers: { ...headers, ...length } }, (reply) => {
      const pieces: Buffer[] = [];
      reply.on('data', (piece: Buffer) => pieces.push(piece));
      reply.on('error', fail);
      reply.on('end', () => {
        clearTimeout(timer);
        resolve({ status: reply.statusCode ?? 0, text: Buffer.concat(pieces).toString('utf8') });
      });
    });
    const timer = setTimeout(() => {
      sent.destroy(new SilenceError(`no answer within ${timeoutMs / 1000} s`));
    }, timeoutMs);
    function fail(error: Error): void {
      clearTimeout(timer);
      reject(error);
    }
    sent.on('error', fail);
    sent.end(body);
  });
}
