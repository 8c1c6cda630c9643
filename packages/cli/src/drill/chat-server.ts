/** A chat server that answers each question by what is asked, and misbehaves now and then. */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RandomStream } from '@loci/core';

/** A server that runs. */
export interface DrillServer {
  readonly baseUrl: string;
  /** Requests that were answered as they should be. */
  readonly answered: number;
  /** Requests that were answered otherwise. */
  readonly misbehaved: number;
  close(): Promise<void>;
}

/** What the server does with a request that it does not answer. */
type Misdeed = (response: ServerResponse, request: IncomingMessage, text: string) => void;

const sendJson = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
};
const events = (text: string): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: text } }] })}\n\n`;
const keyOf = ({ headers }: IncomingMessage): string => headers.authorization ?? 'no key';

/** None of these is an answer; the last four echo what they were sent. */
const MISDEEDS: readonly Misdeed[] = [
  (response) => sendJson(response, 500, { error: { message: 'out of order' } }),
  (response) => sendJson(response, 503, 'overloaded'),
  (response) => {
    response.writeHead(429, { 'retry-after-ms': '20' });
    response.end();
  },
  (response) => void response.socket?.destroy(),
  (response, _, text) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(events(text.slice(0, 1)), () => response.socket?.destroy());
  },
  (response, _, text) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(events(text.slice(0, 1)));
  },
  (response) => void response.writeHead(200, { 'content-type': 'text/event-stream' }).write(':\n'),
  (response) => sendJson(response, 200, { choices: [] }),
  (response) => sendJson(response, 200, completion('')),
  (response) => response.end('{"choices": [{"message": {"content": "A'),
  (response, request) => sendJson(response, 500, { error: { message: keyOf(request) } }),
  (response, request) => response.end(`{"echo": ${JSON.stringify(keyOf(request))}}`),
  (response, request) => sendJson(response, 200, { error: { message: `no: ${keyOf(request)}` } }),
  (response, request) =>
    sendJson(response, 200, {
      choices: [{ message: { content: '' }, finish_reason: keyOf(request) }],
    }),
];

function completion(content: string): unknown {
  return {
    model: 'drill',
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 10, completion_tokens: 1 },
  };
}

/** A letter that depends on the question alone. */
function answerTo(body: string): string {
  const { messages } = JSON.parse(body) as { readonly messages: unknown };
  return 'ABCD'[createHash('sha256').update(JSON.stringify(messages)).digest()[0]! % 4]!;
}

/**
 * Starts a server.
 *
 * @param share Of requests that it does not answer.
 */
export async function drillServer(random: RandomStream, share: number): Promise<DrillServer> {
  let answered = 0;
  let misbehaved = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = answerTo(Buffer.concat(chunks).toString());
      if (random() < share) {
        misbehaved++;
        MISDEEDS[Math.floor(random() * MISDEEDS.length)]!(response, request, text);
        return;
      }
      answered++;
      // As slow as a small model, so that a kill finds something under way.
      setTimeout(() => sendJson(response, 200, completion(text)), 30);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    get answered() {
      return answered;
    },
    get misbehaved() {
      return misbehaved;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
