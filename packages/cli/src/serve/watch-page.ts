/** Serves the live page of runs, for this machine only. */
import { LociError, messageOf } from '@loci/core';
import { loadWatch } from '../parts.ts';
import { listenForInterrupt } from '../interrupt.ts';
import { checkHosts } from './host-header.ts';

const HOST = '127.0.0.1';
const PORT = 8182;

/** A served page. */
export interface WatchPage {
  /** With its port. */
  readonly address: string;
  close(): Promise<void>;
  /** Serves until Ctrl-C, then closes. */
  untilInterrupted(): Promise<void>;
}

/**
 * Starts the server.
 *
 * @param folders run folders, and folders with runs in them.
 * @param port 0 takes a free one; when absent, 8182, or a free one where that is taken.
 * @throws LociError `part-missing`, `port-taken`, `cannot-listen`, `page-missing`.
 */
export async function openWatchPage(folders: readonly string[], port?: number): Promise<WatchPage> {
  const { createWatchServer } = await loadWatch();
  const listen = async (on: number): Promise<WatchPage> => {
    const server = createWatchServer({
      folders,
      checkRequest: (request, localAddress) =>
        checkHosts(request, localAddress, { listensOn: HOST }),
    });
    const address = await server.listen({ host: HOST, port: on });
    const close = async (): Promise<void> => server.close();
    return { address, close, untilInterrupted: () => untilInterrupted(close) };
  };
  try {
    return await listen(port ?? PORT);
  } catch (thrown) {
    if (LociError.is(thrown)) throw thrown;
    const isTaken = (thrown as NodeJS.ErrnoException).code === 'EADDRINUSE';
    if (isTaken && port === undefined) return listen(0);
    throw new LociError(
      isTaken ? 'port-taken' : 'cannot-listen',
      isTaken
        ? `Port ${port} is taken: choose another with --port, or a free one with --port 0`
        : `Cannot listen on port ${port ?? PORT} of ${HOST}: ${messageOf(thrown)}`,
      { cause: thrown },
    );
  }
}

async function untilInterrupted(close: () => Promise<void>): Promise<void> {
  const interrupt = listenForInterrupt(() => undefined);
  try {
    await new Promise<void>((resolve) => {
      interrupt.signal.addEventListener('abort', () => resolve(), { once: true });
    });
  } finally {
    interrupt.dispose();
    await close();
  }
}
