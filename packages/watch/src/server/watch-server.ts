/** The server of the live page: serves the files of the page and its data, and never writes. */
import { join } from 'node:path';
import { LociError, messageOf } from '@loci/core';
import { fastify } from 'fastify';
import type { FastifyError, FastifyInstance } from 'fastify';
import { EventStream } from './events.ts';
import { HttpProblem, problemBody } from './http-problem.ts';
import { readPageFiles } from './page-files.ts';
import { addRoutes } from './routes.ts';
import { RunList } from './run-list.ts';

/** The parts of a request that a check of its origin needs. */
export interface IncomingRequest {
  readonly url?: string | undefined;
  /** Names and values in turn, as Node has them. */
  readonly rawHeaders: readonly string[];
}

/** Options of the server. */
export interface WatchServerOptions {
  /** Run folders, and folders with runs below. */
  readonly folders: readonly string[];
  /**
   * Checks the host name of a request. Throws an error with a `statusCode` for a foreign name, since a foreign page can have its own name
   * lead here (DNS rebinding).
   */
  readonly checkRequest: (request: IncomingRequest, localAddress: string | undefined) => void;
  /** Folder of the built page; that of this package when absent. */
  readonly pageFolder?: string;
  /** Milliseconds between two reads of the folders for pages that listen; 1000 when absent. */
  readonly lookEveryMs?: number;
}

const HEADERS = {
  // Charts position their parts by inline styles. Scripts and all requests are limited to this server.
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; media-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
};

/** This package's page, beside the compiled server and beside its sources alike. */
const PAGE = join(import.meta.dirname, '../../dist/page');

/**
 * Makes a server that is not listening yet; `listen` and `close` are fastify's.
 *
 * @throws LociError `page-missing`.
 */
export function createWatchServer(options: WatchServerOptions): FastifyInstance {
  const { folders, checkRequest, pageFolder = PAGE, lookEveryMs } = options;
  const files = readPageFiles(pageFolder);
  const runs = new RunList(folders);
  const events = new EventStream(runs, lookEveryMs);
  const app = fastify({ forceCloseConnections: true, http: { requireHostHeader: false } });

  app.addHook('onRequest', async ({ raw, socket, headers }, reply) => {
    reply.headers(HEADERS);
    checkRequest(raw, socket.localAddress);
    const site = headers['sec-fetch-site'];
    const isOwn = site === undefined || site === 'same-origin' || site === 'none';
    if (!isOwn && raw.url !== '/') {
      throw new HttpProblem(403, 'cross-site', 'Pages of other sites may not send requests here');
    }
  });
  app.addHook('onSend', async ({ url }, reply) => {
    if (!reply.hasHeader('cache-control')) {
      reply.header('cache-control', url.startsWith('/assets/') ? 'max-age=31536000' : 'no-store');
    }
  });
  app.addHook('preClose', async () => events.close());
  app.setErrorHandler<FastifyError>(async (error, _request, reply) => {
    const { status, code } = kindOf(error);
    return reply.status(status).send(problemBody(code, messageOf(error)));
  });
  app.setNotFoundHandler(({ method, url }) => {
    throw new HttpProblem(404, 'no-route', `There is no ${method} ${url}`);
  });
  for (const [address, { type, content }] of files) {
    app.get(address, async (_request, reply) => reply.type(type).send(content));
  }
  addRoutes(app, runs, events);
  return app;
}

function kindOf(error: FastifyError | LociError): {
  readonly status: number;
  readonly code: string;
} {
  if (LociError.is(error)) return { status: 404, code: error.code };
  const { statusCode = 500, code = 'internal' } = error;
  return { status: statusCode, code };
}
