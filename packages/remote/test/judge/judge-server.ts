/** A chat server that replies by what it is asked, for tests of judges. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request's body, as far as tests look at it. */
export interface AskedBody {
  readonly messages: readonly { readonly role: string; readonly content: unknown }[];
  readonly response_format?: { readonly type: string };
  readonly max_tokens?: number;
}

/** What a request gets: a text, or an error; `undefined` leaves it without any reply. */
export type JudgeReply =
  | string
  | { readonly status: number; readonly message: string }
  | { readonly text: string; readonly finish: string }
  | undefined;

/** A server with what it was asked. */
export interface JudgeServer {
  readonly baseUrl: string;
  readonly bodies: readonly AskedBody[];
  close(): Promise<void>;
}

/** Tokens that every reply counts. */
export const USAGE = { prompt_tokens: 1000, completion_tokens: 100 };

export async function judgeServer(
  reply: (body: AskedBody, request: number) => JudgeReply,
): Promise<JudgeServer> {
  const bodies: AskedBody[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (piece: Buffer) => (text += piece.toString()));
    request.on('end', () => {
      const body = JSON.parse(text) as AskedBody;
      bodies.push(body);
      const said = reply(body, bodies.length - 1);
      if (said === undefined) return;
      const isError = typeof said === 'object' && 'status' in said;
      const { text: content, finish } =
        typeof said === 'string' ? { text: said, finish: 'stop' } : (said as never);
      response.writeHead(isError ? said.status : 200, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify(
          isError
            ? { error: { message: said.message } }
            : {
                model: 'm-1',
                choices: [{ message: { role: 'assistant', content }, finish_reason: finish }],
                usage: USAGE,
              },
        ),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    bodies,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** The text that a judge is asked. */
export function askedText(body: AskedBody | undefined): string {
  const content = body?.messages.at(-1)?.content;
  return typeof content === 'string' ? content : JSON.stringify(content);
}
