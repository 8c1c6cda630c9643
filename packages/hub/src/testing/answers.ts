/** Helpers that the routes of the test server share. */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** The token that opens private and gated repositories. */
export const TEST_TOKEN = 'hf_testTokenOfNobody0123456789';

/** Sends an error as the hub words it. */
export function refuse(
  response: ServerResponse,
  status: number,
  code: string | undefined,
  error: string,
): void {
  response
    .writeHead(status, {
      'content-type': 'application/json',
      ...(code !== undefined && { 'x-error-code': code, 'x-error-message': error }),
    })
    .end(JSON.stringify({ error }));
}

/** The whole body of a request. */
export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
