/** How a server is reached and asked, as options: the same for a policy and a judge. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { typedPath } from '@loci/core';
import type { PluginContext } from '@loci/core';
import { z } from 'zod';
import { openAnswerCache } from './answer-cache.ts';
import { apiKeyFor } from './api-key.ts';
import type { AskParts } from './ask.ts';
import { openChatServer } from './chat-server.ts';
import { REAL_CLOCK, createLimiter, pauseOf } from './limiter.ts';

const positive = z.number().positive();
const count = z.int().positive();

/** An address that a server answers at, without the path of one interface. */
export const serverAddress = z
  .url({ protocol: /^https?$/, error: 'must be an address that begins with http:// or https://' })
  .refine(
    (url) => !/^https?:\/\/[^/]*@/.test(url),
    'must not hold a name or password: see apiKeyEnv',
  )
  .refine(
    (url) => !/\/(?:chat\/)?completions\/*$/.test(url),
    'ends with the version, /v1: /chat/completions is added by itself',
  )
  .transform((url) => url.replace(/\/+$/, ''));

/** Options that say where a server is and whose key it gets. */
export const serverPlaceShape = {
  baseUrl: serverAddress
    .default('https://api.openai.com/v1')
    .describe('up to and with the version'),
  model: z.string().min(1).describe('as the server names it'),
  apiKeyEnv: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an environment variable, not the key')
    .optional()
    .describe(
      'environment variable that holds the key; unset: OPENAI_API_KEY for OpenAI, none else',
    ),
};

/** Options that say how often and how patiently it is asked, what that costs, and where answers are kept. */
export const serverAskingShape = {
  concurrency: count.default(8).describe('requests under way at once'),
  requestsPerMinute: positive.optional(),
  tokensPerMinute: positive.optional().describe('of prompts and completions together'),
  attempts: count.default(6).describe('at one request, until it is given up'),
  firstWaitSeconds: positive
    .default(1)
    .describe('before the second attempt; doubled for each further one'),
  maxWaitSeconds: positive
    .default(300)
    .describe('longest wait that a server may ask for, before a question is given up'),
  silenceSeconds: positive.default(300).describe('after which an attempt is given up'),
  maxAnswerSeconds: positive
    .default(1800)
    .describe('from sending a request to the end of its answer, beyond which the question fails'),
  maxAnswerBytes: count
    .default(32 * 2 ** 20)
    .describe('of one reply, beyond which the question fails'),
  stream: z
    .boolean()
    .default(true)
    .describe('answers in pieces, so that a server that hangs is noticed'),
  maxTokensName: z.enum(['max_tokens', 'max_completion_tokens']).default('max_tokens'),
  extra: z
    .record(z.string(), z.unknown())
    .default({})
    .describe('added to every request: { reasoning_effort: low }'),
  prices: z
    .strictObject({ prompt: z.number().nonnegative(), completion: z.number().nonnegative() })
    .optional()
    .describe('of a million tokens; answers then tell their cost'),
  cache: z
    .union([z.string(), z.literal(false)])
    .optional()
    .describe("folder of kept answers; false keeps none; unset: loci/answers in the user's cache"),
};

/** Parsed options of a server. */
export type ServerSettings = z.output<
  z.ZodObject<typeof serverPlaceShape & typeof serverAskingShape>
>;

/**
 * What asking a server needs.
 *
 * @throws LociError `api-key-missing`, `api-key-malformed`.
 */
export function askingParts(settings: ServerSettings, context: PluginContext): AskParts {
  const { baseUrl, concurrency, requestsPerMinute, tokensPerMinute } = settings;
  const cache = cacheFolder(settings.cache, context);
  return {
    server: openChatServer({
      baseUrl,
      apiKey: apiKeyFor(baseUrl, settings.apiKeyEnv, process.env),
      stream: settings.stream,
      limits: {
        silenceMs: settings.silenceSeconds * 1000,
        totalMs: settings.maxAnswerSeconds * 1000,
        bytes: settings.maxAnswerBytes,
      },
    }),
    limiter: createLimiter(
      { concurrency, requestsPerMinute, tokensPerMinute },
      REAL_CLOCK,
      pauseOf(baseUrl),
    ),
    cache: cache === undefined ? undefined : openAnswerCache(cache),
    attempts: settings.attempts,
    firstWaitMs: settings.firstWaitSeconds * 1000,
    maxWaitMs: settings.maxWaitSeconds * 1000,
    logger: context.logger,
  };
}

function cacheFolder(
  cache: string | false | undefined,
  { baseDirectory }: PluginContext,
): string | undefined {
  if (cache === false) return undefined;
  if (cache !== undefined) return typedPath(cache, baseDirectory);
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'loci', 'answers');
}
