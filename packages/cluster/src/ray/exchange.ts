/**
 * One exchange over HTTP by Node's own client. Its `fetch` says `sec-fetch-mode` with each request, as browsers do, and Ray takes no job from
 * a browser (dashboard/optional_utils.py): such a request is answered with 405.
 */
import { request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';

/** What is sent. */
export interface Outgoing {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
  /** For the whole exchange. */
  readonly timeoutMs: number;
}

/** What came back; a redirect is an answer like any other. */
export interface Incoming {
  readonly status: number;
  readonly text: string;
}

/** No answer came in time. */
export class SilenceError extends Error {
  override readonly name = 'SilenceError';
}

/** @throws SilenceError, and errors of the connection as Node.js makes them. */
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
