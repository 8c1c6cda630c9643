import { createServer } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { closeUnread } from '../../src/serve/unread-answers.ts';

const LONG = Buffer.alloc(64 * 2 ** 20, 'x');
const server = createServer((request, response) =>
  response.end(request.url === '/long' ? LONG : 'short'),
);

let port: number;
beforeAll(async () => {
  closeUnread(server, 400);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const ask = (path: string): Socket => {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
  return socket;
};
const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const count = (): Promise<number> =>
  new Promise((resolve) => server.getConnections((_, found) => resolve(found)));

describe('connections', () => {
  test('that do not read are closed, those that have read stay open', async () => {
    const unread = ask('/long').pause();
    const read = ask('/short').resume();
    await after(150);
    expect(await count()).toBe(2);
    await after(1000);
    expect(await count()).toBe(1);
    unread.destroy();
    read.destroy();
  });

  test('that are asked again and again stay open for as long as they read', async () => {
    const socket = ask('/short').resume();
    for (let asked = 0; asked < 12; asked++) {
      await after(100);
      socket.write('GET /short HTTP/1.1\r\nhost: localhost\r\n\r\n');
    }
    expect(await count()).toBe(1);
    socket.destroy();
  });
});
