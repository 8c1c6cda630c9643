/** A chat server that answers each question as a drill demands, and remembers the requests. */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request, as a behavior sees it. */
export interface ChatRequest {
  /** Digest of the body: the same question has the same. */
  readonly question: string;
  /** Place of the question among all that were asked, from 0, in the order in which they first came. */
  readonly place: number;
  /** From 1. */
  readonly attempt: number;
  /** What a good answer says; no two questions have the same. */
  readonly answer: string;
  /** Whether pieces were asked for. */
  readonly stream: boolean;
  /** The key that came with it. */
  readonly key: string;
}

/** What is done with a request. */
export type Reply = (request: ChatRequest, response: ServerResponse) => void;

/** A server under way. */
export interface ChatServer {
  readonly baseUrl: string;
  /** Every request that came, in order. */
  readonly requests: readonly ChatRequest[];
  readonly close: () => Promise<void>;
}

/** Starts a server on this machine. @param reply chooses and does what is done with each request. */
export async function startChatServer(reply: Reply): Promise<ChatServer> {
  const requests: ChatRequest[] = [];
  const attempts = new Map<string, number>();
  const server = createServer((incoming, response) => {
    void bodyOf(incoming).then((body) => {
      const question = createHash('sha256').update(body).digest('hex');
      const attempt = (attempts.get(question) ?? 0) + 1;
      attempts.set(question, attempt);
      const request = {
        question,
        place: [...attempts.keys()].indexOf(question),
        attempt,
        answer: answerTo(question),
        stream: body.includes('"stream":true'),
        key: (incoming.headers.authorization ?? '').replace(/^Bearer /, ''),
      };
      requests.push(request);
      response.on('error', () => undefined);
      reply(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** A number that belongs to a question alone: rooms ask for numbers. */
function answerTo(question: string): string {
  return `${parseInt(question.slice(0, 2), 16)}.${parseInt(question.slice(2, 12), 16)}`;
}

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  try {
    for await (const piece of incoming) pieces.push(piece as Buffer);
  } catch {
    // A killed client leaves in the middle of its question.
  }
  return Buffer.concat(pieces).toString();
}
