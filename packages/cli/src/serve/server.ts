/** The HTTP server: routes, limits and error answers. */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { fastify } from 'fastify';
import type { FastifyError, FastifyInstance } from 'fastify';
import { messageOf } from '@loci/core';
import type { RunReward } from '@loci/core';
import type { ZodType, z } from 'zod';
import { checkToken } from './access.ts';
import { describeBodyIssues } from './describe-body-issues.ts';
import { GatheredGroups } from './gather/gathered-groups.ts';
import type { OnScored } from './gather/score-whole.ts';
import { wholeScorer } from './gather/score-whole.ts';
import { gatherBody } from './gather/wire.ts';
import { chooseRewards } from './heavy-groups.ts';
import { checkHosts } from './host-header.ts';
import type { KnownHosts } from './host-header.ts';
import { HttpError, errorBody } from './http-error.ts';
import type { ServeLimits } from './limits.ts';
import { SERVE_LIMITS } from './limits.ts';
import { scoreForOpenRlhf } from './openrlhf.ts';
import { scorePlain } from './plain.ts';
import { closeUnread } from './unread-answers.ts';
import { openRlhfBody, scoreBody } from './wire.ts';
import { withinTime } from './within-time.ts';

/** Options of the server. */
export interface RewardServerOptions {
  readonly rewards: readonly RunReward[];
  /** Makes the same rewards in threads, for groups with much work; without it, those are scored in place too. */
  readonly threaded?: () => Promise<readonly RunReward[]>;
  /** Version of Loci, for `GET /health`. */
  readonly version: string;
  /** Token that every request must carry; none by default. */
  readonly token?: string | undefined;
  /** Host names that requests may use, besides those of this machine. */
  readonly hosts?: KnownHosts;
  readonly limits?: Partial<ServeLimits>;
  /** Called with every answer that has scores. */
  readonly onAnswered?: (completions: number) => void;
  /** Called with every gathered group after it was scored. */
  readonly onGathered?: OnScored;
  /** Called with every error answer. */
  readonly onRefused?: (status: number, message: string) => void;
}

/** A server that is not listening yet; `listen` and `close` are fastify's. */
export function createRewardServer(options: RewardServerOptions): FastifyInstance {
  const { rewards, threaded, version, token, hosts = {}, onAnswered, onRefused } = options;
  const { onGathered } = options;
  const rewardsFor = chooseRewards(rewards, threaded);
  const limits = { ...SERVE_LIMITS, ...options.limits };
  const app = fastify({
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.receiveMs,
    keepAliveTimeout: limits.receiveMs,
    // Node enforces requestTimeout only if headersTimeout is not larger.
    http: {
      headersTimeout: limits.receiveMs,
      connectionsCheckingInterval: Math.min(1000, limits.receiveMs / 4),
      // `checkHost` answers a request without that header with a message; Node would not.
      requireHostHeader: false,
    },
    forceCloseConnections: 'idle',
    clientErrorHandler: refuseConnection,
  });

  app.setValidatorCompiler<ZodType>(({ schema }) => (body) => {
    const parsed = schema.safeParse(body);
    if (parsed.success) return { value: parsed.data };
    return { error: new HttpError(400, 'body-invalid', describeBodyIssues(parsed.error.issues)) };
  });
  app.setErrorHandler<FastifyError | HttpError>(async (error, _request, reply) => {
    const known = asHttpError(error, limits);
    onRefused?.(known.statusCode, known.message);
    if (known.statusCode === 401) reply.header('www-authenticate', 'Bearer');
    return reply.status(known.statusCode).send(errorBody(known));
  });
  app.setNotFoundHandler(({ method, url }) => {
    throw new HttpError(404, 'no-route', `There is no ${method} ${url}. Use ${ROUTES}`);
  });
  if (token !== undefined) {
    app.addHook('onRequest', ({ headers }, _reply, done) => {
      checkToken(headers.authorization, token);
      done();
    });
  }
  app.addHook('preValidation', ({ raw, socket }, _reply, done) => {
    checkHosts(raw, socket.localAddress, hosts);
    done();
  });
  closeUnread(app.server, limits.receiveMs);

  for (const url of ['/', '/get_reward']) {
    app.post<{ Body: z.output<typeof openRlhfBody> }>(
      url,
      { schema: { body: openRlhfBody } },
      async ({ body }, reply) => {
        const answer = await withinTime(reply.raw, limits, (patience) =>
          scoreForOpenRlhf(body, { rewards, rewardsFor }, limits, patience),
        );
        onAnswered?.(body.query.length);
        return answer;
      },
    );
  }
  app.post<{ Body: z.output<typeof scoreBody> }>(
    '/score',
    { schema: { body: scoreBody } },
    async ({ body }, reply) => {
      const answer = await withinTime(reply.raw, limits, (patience) =>
        scorePlain(body, rewardsFor, limits, patience),
      );
      onAnswered?.(body.items.reduce((sum, { completions }) => sum + completions.length, 0));
      return answer;
    },
  );
  const gathered = new GatheredGroups(
    wholeScorer(rewardsFor, (group, score) => {
      onAnswered?.(group.members.length);
      onGathered?.(group, score);
    }),
  );
  app.post<{ Body: z.output<typeof gatherBody> }>(
    '/gather',
    { schema: { body: gatherBody } },
    async ({ body }, reply) => withinTime(reply.raw, limits, () => gathered.ask(body)),
  );
  app.get('/health', async () => ({
    status: 'ok',
    version,
    rewards: rewards.map(({ name, weight, reward: { range } }) => ({ name, range, weight })),
  }));
  return app;
}

const ROUTES = 'POST /score, POST /gather, POST / and /get_reward for OpenRLHF, and GET /health';

/** An error of the server or of fastify as an answer with a remedy. */
function asHttpError(error: FastifyError | HttpError, limits: ServeLimits): HttpError {
  if (error instanceof HttpError) return error;
  const { statusCode = 500, code, message } = error;
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE': {
      const most = Math.round(limits.bodyBytes / 2 ** 20);
      return new HttpError(
        413,
        'body-too-large',
        `A body may have ${most} MiB: send fewer items at once`,
      );
    }
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new HttpError(
        415,
        'no-json',
        'Send JSON with the header "content-type: application/json"',
      );
  }
  if (statusCode < 500)
    return new HttpError(statusCode, 'bad-request', `The body is not valid JSON: ${message}`);
  return new HttpError(
    500,
    'internal',
    `An error of this server, not of the request: ${messageOf(error)}`,
  );
}

/** Answers a connection that never became a request, because it was too slow or not HTTP. */
function refuseConnection(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const refusal =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? new HttpError(
          408,
          'request-too-slow',
          'The request took too long to arrive: send fewer items at once',
        )
      : new HttpError(400, 'bad-request', `Not an HTTP request: ${error.message}`);
  const body = JSON.stringify(errorBody(refusal));
  const head = `HTTP/1.1 ${refusal.statusCode} ${STATUS_CODES[refusal.statusCode]}`;
  const headers = `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close`;
  if (socket.writable) socket.write(`${head}\r\n${headers}\r\n\r\n${body}`);
  socket.destroy(error);
}
