/** A chat server that does what a script says, request by request, and remembers what it was sent. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What is done with one request. */
export type Behaviour =
  | {
      readonly does: 'answer';
      readonly text: string;
      readonly thinking?: string;
      readonly finish?: string;
    }
  | {
      readonly does: 'status';
      readonly status: number;
      readonly message?: string;
      readonly code?: string;
      readonly param?: string;
      readonly retryAfter?: string;
    }
  /** Says nothing, or stops in the middle of an answer. */
  | { readonly does: 'hang'; readonly after?: string }
  /** Closes the connection in the middle of an answer. */
  | { readonly does: 'cut'; readonly after: string }
  /** Ends the answer in good order before it is whole. */
  | { readonly does: 'break off'; readonly after: string }
  | { readonly does: 'send'; readonly body: string }
  /** Anything else: chunks one after the other, over and over where it is endless, with the connection left open where it is. */
  | {
      readonly does: 'reply';
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly chunks: readonly (string | Uint8Array)[];
      readonly everyMs?: number;
      readonly endless?: boolean;
      readonly staysOpen?: boolean;
    };

type Reply = Extract<Behaviour, { does: 'reply' }>;

/** A request as it came. */
export interface Received {
  readonly headers: IncomingMessage['headers'];
  readonly body: Record<string, unknown>;
}

/** A server under a script; requests beyond its end are answered with `ok`. */
export interface MisbehavingServer {
  readonly baseUrl: string;
  readonly received: readonly Received[];
  /** When each request came, in milliseconds. */
  readonly times: readonly number[];
  /** Most requests that were under way at once. */
  readonly busiest: number;
  /** Requests that the client gave up. */
  readonly abandoned: number;
  close(): Promise<void>;
}

const USAGE = { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 };

export async function misbehavingServer(
  script: readonly Behaviour[],
  delayMs = 0,
): Promise<MisbehavingServer> {
  const received: Received[] = [];
  const times: number[] = [];
  let running = 0;
  let busiest = 0;
  let abandoned = 0;
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (piece: Buffer) => (text += piece.toString()));
    request.on('end', () => {
      const body = JSON.parse(text) as Record<string, unknown>;
      const behaviour = script[received.length] ?? { does: 'answer', text: 'ok' };
      times.push(performance.now());
      received.push({ headers: request.headers, body });
      busiest = Math.max(busiest, ++running);
      response.on('close', () => {
        running--;
        if (!response.writableEnded) abandoned++;
      });
      setTimeout(() => behave(behaviour, body['stream'] === true, response), delayMs);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    received,
    times,
    get busiest() {
      return busiest;
    },
    get abandoned() {
      return abandoned;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function behave(behaviour: Behaviour, stream: boolean, response: ServerResponse): void {
  switch (behaviour.does) {
    case 'answer': {
      const { text, thinking, finish = 'stop' } = behaviour;
      if (stream) {
        streamPieces(response, [
          ...(thinking ? [{ reasoning_content: thinking }] : []),
          ...[...text].map((content) => ({ content })),
        ]);
        write(response, { model: 'm-1', choices: [{ delta: {}, finish_reason: finish }] });
        write(response, { model: 'm-1', choices: [], usage: USAGE });
        response.end('data: [DONE]\n\n');
      } else {
        const message = { role: 'assistant', content: text, reasoning_content: thinking };
        json(response, 200, {
          model: 'm-1',
          choices: [{ message, finish_reason: finish }],
          usage: USAGE,
        });
      }
      return;
    }
    case 'status': {
      const { status, message = `status ${status}`, code, param, retryAfter } = behaviour;
      if (retryAfter !== undefined) response.setHeader('retry-after', retryAfter);
      json(response, status, { error: { message, code, param } });
      return;
    }
    case 'hang':
      if (behaviour.after !== undefined) streamPieces(response, [{ content: behaviour.after }]);
      return;
    case 'cut':
      streamPieces(response, [{ content: behaviour.after }]);
      setTimeout(() => response.destroy(), 5);
      return;
    case 'break off':
      streamPieces(response, [{ content: behaviour.after }]);
      response.end();
      return;
    case 'send':
      response.setHeader('content-type', stream ? 'text/event-stream' : 'application/json');
      response.end(behaviour.body);
      return;
    case 'reply':
      void reply(behaviour, response);
      return;
    default:
      behaviour satisfies never;
  }
}

async function reply(
  { status = 200, headers = {}, chunks, everyMs, endless, staysOpen }: Reply,
  response: ServerResponse,
): Promise<void> {
  const closed = new AbortController();
  response.on('close', () => closed.abort());
  response.writeHead(status, headers);
  try {
    do {
      for (const chunk of chunks) {
        const isTaken = response.write(chunk);
        if (everyMs !== undefined) await sleep(everyMs, undefined, { signal: closed.signal });
        else if (!isTaken) await once(response, 'drain', { signal: closed.signal });
      }
    } while (endless);
  } catch {
    return;
  }
  if (staysOpen !== true) response.end();
}

function streamPieces(response: ServerResponse, deltas: readonly object[]): void {
  response.setHeader('content-type', 'text/event-stream');
  for (const delta of deltas)
    write(response, { model: 'm-1', choices: [{ delta, finish_reason: null }] });
}

function write(response: ServerResponse, piece: object): void {
  response.write(`data: ${JSON.stringify(piece)}\n\n`);
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
