/**
 * Closes connections that do not read their answer. One look at all of them now and then, because a clock for every answer is what a small
 * request notices.
 */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** Up to where a connection has been written, and since when that is to be read. */
interface Awaited {
  /** Bytes since the connection began. */
  end: number;
  /** Milliseconds of the clock. */
  since: number;
}

/**
 * Closes each connection of a server on which something has waited to be read for some time.
 *
 * @param ms For how long; it is closed up to a second after that, and up to a quarter of so short a time.
 */
export function closeUnread(server: Server, ms: number): void {
  const connections = new Map<Socket, Awaited>();
  server.on('connection', (socket) => {
    connections.set(socket, { end: 0, since: 0 });
    socket.once('close', () => connections.delete(socket));
  });
  const look = (): void => {
    const now = performance.now();
    for (const [socket, awaited] of connections) {
      const read = socket.bytesWritten - socket.writableLength;
      if (read >= awaited.end) {
        awaited.end = socket.bytesWritten;
        awaited.since = now;
      } else if (now - awaited.since > ms) {
        socket.destroy();
      }
    }
  };
  const timer = setInterval(look, Math.min(1000, ms / 4)).unref();
  server.once('close', () => clearInterval(timer));
}
