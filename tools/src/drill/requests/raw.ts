/** Bytes that are no request, or one that a server should not answer, and beginnings of requests that never end. */

/** A text to write into a connection, and statuses that it may be answered with; 0 is a connection that is closed without a word. */
export interface RawRequest {
  readonly kind: string;
  readonly bytes: string;
  readonly allowed: readonly number[];
}

const post = (headers: readonly string[], body = ''): string =>
  [`POST /score HTTP/1.1`, ...headers, 'content-type: application/json', '', body].join('\r\n');

/** Headers of a request that a page in a browser may send after it had its own name lead here. */
export const FOREIGN_HOSTS = [
  ...['attacker.example', 'localhost.attacker.example', '127.0.0.1.nip.example', '10.0.0.7'],
  ...['localhost@attacker.example', '[::1].attacker.example', 'LOCALHOST:99999999', ' ', '0x7f.1'],
] as const;

/** All of them. */
export const RAW_REQUESTS: readonly RawRequest[] = [
  { kind: 'no HTTP', bytes: 'EHLO drill\r\n\r\n', allowed: [400] },
  { kind: 'binary', bytes: '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\r\n\r\n', allowed: [400] },
  { kind: 'an HTTP of the future', bytes: 'GET /health HTTP/9.9\r\n\r\n', allowed: [400, 505] },
  {
    kind: 'no host',
    bytes: 'GET /health HTTP/1.1\r\nconnection: close\r\n\r\n',
    allowed: [400, 421],
  },
  {
    kind: 'two lengths',
    bytes: post(['host: localhost', 'content-length: 5', 'content-length: 6'], '{"a":1}'),
    allowed: [400],
  },
  {
    kind: 'length and chunks',
    bytes: post(
      ['host: localhost', 'content-length: 5', 'transfer-encoding: chunked'],
      '0\r\n\r\n',
    ),
    allowed: [400],
  },
  {
    kind: 'a broken chunk',
    bytes: post(['host: localhost', 'transfer-encoding: chunked'], 'zz\r\n{}\r\n0\r\n\r\n'),
    allowed: [400],
  },
  {
    kind: 'a negative length',
    bytes: post(['host: localhost', 'content-length: -1'], '{}'),
    allowed: [400],
  },
  {
    kind: 'endless headers',
    bytes: `GET /health HTTP/1.1\r\nhost: localhost\r\n${'x-fill: drill\r\n'.repeat(5000)}\r\n`,
    allowed: [400, 431],
  },
  {
    kind: 'a line break in a header',
    bytes: 'GET /health HTTP/1.1\r\nhost: localhost\nx: y\r\n\r\n',
    allowed: [200, 400, 421],
  },
];

/** Beginnings of requests that never end. */
export const BEGINNINGS: readonly string[] = [
  '',
  'POST /score HT',
  'POST /score HTTP/1.1\r\nhost: localhost\r\n',
  post(['host: localhost', 'content-length: 100000'], '{"items": ['),
  post(['host: localhost', 'transfer-encoding: chunked'], '5\r\n{"ite'),
];
