/**
 * Closes connections that do not read their answer. One timer checks all of them, because a timer per answer would slow small requests down.
 */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** The written data that a connection has not read yet. */
interface Awaited {
  /** Bytes since the connection began. */
  end: number;
  /** Milliseconds of the clock. */
  since: number;
}

/**
 * Closes each connection of a server that has not read its answer for some time.
 *
 * @param ms the time in milliseconds. The check runs every second, or every quarter of a shorter time.
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
