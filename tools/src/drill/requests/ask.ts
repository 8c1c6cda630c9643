/** Sends requests to a server on this machine, in good order or byte by byte, and reads whatever comes back. */
import { request as send } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';

/** What came back. */
export interface Answer {
  /** 0 where the connection ended without an answer. */
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
  readonly milliseconds: number;
}

/** A request in good order, whatever it holds. */
export interface Asked {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** Time after which an answer counts as none, in ms: beyond the 150 s that serve-rewards promises. */
const ANSWER_LIMIT_MS = 170_000;

/** Asks, on a connection of its own. */
export function ask(port: number, asked: Asked): Promise<Answer> {
  const { method = 'POST', path, headers = {}, body = '' } = asked;
  const start = performance.now();
  return new Promise((resolve) => {
    const end = (status: number, contentType: string, text: string): void =>
      resolve({ status, contentType, text, milliseconds: performance.now() - start });
    const outgoing = send(
      {
        ...{ port, host: '127.0.0.1', method, path, agent: false },
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          ...headers,
        },
        signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
      },
      (incoming) => {
        const pieces: Buffer[] = [];
        incoming.on('data', (piece: Buffer) => pieces.push(piece));
        incoming.on('error', ({ message }) => end(0, '', message));
        incoming.on('end', () => {
          const type = incoming.headers['content-type'] ?? '';
          end(incoming.statusCode ?? 0, type, Buffer.concat(pieces).toString());
        });
      },
    );
    // A server that refuses a large body answers before it has read all of it.
    outgoing.on('error', ({ message }) => end(0, '', message));
    outgoing.end(body);
  });
}

/** Writes bytes and reads to the end of the connection. */
export function askRaw(port: number, bytes: string | Buffer): Promise<Answer> {
  const start = performance.now();
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    const end = (): void => {
      socket.destroy();
      resolve({ ...parsed(text), milliseconds: performance.now() - start });
    };
    socket.setTimeout(ANSWER_LIMIT_MS, end);
    socket.on('data', (piece: Buffer) => {
      text += piece.toString('latin1');
      // Connections that stay open are left as soon as the head and some body are there.
      if (/\r\n\r\n./s.test(text)) setTimeout(end, 50);
    });
    socket.on('error', end);
    socket.on('close', end);
  });
}

function parsed(text: string): Omit<Answer, 'milliseconds'> {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  return {
    status: Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1] ?? 0),
    contentType: /^content-type: *(.*)$/im.exec(head)?.[1]?.trim() ?? '',
    text: rest.join('\r\n\r\n'),
  };
}

/** A connection that begins a request and never ends it. */
export function halfOpen(port: number, beginning: string): Socket {
  const socket = connect(port, '127.0.0.1', () => socket.write(beginning));
  socket.on('error', () => undefined);
  socket.resume();
  return socket;
}
