/** The options of a server: its address, its key, limits, retries, prices and cache. A policy and a judge share them. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { LociError, typedPath } from '@loci/core';
import type { PluginContext } from '@loci/core';
import { z } from 'zod';
import { openAnswerCache } from './answer-cache.ts';
import type { AskParts } from './ask.ts';
import { openChatServer } from './chat-server.ts';
import { REAL_CLOCK, createLimiter, pauseOf } from './limiter.ts';

const positive = z.number().positive();
const count = z.int().positive();

/** The address of a server, without the path of one interface. */
export const serverAddress = z
  .url({ protocol: /^https?$/, error: 'must be an address that begins with http:// or https://' })
  .refine(
    (url) => !/^https?:\/\/[^/]*@/.test(url),
    'must not contain a name or password: see apiKeyEnv',
  )
  .refine(
    (url) => !/\/(?:chat\/)?completions\/*$/.test(url),
    'must end with the version, such as /v1: Loci adds /chat/completions',
  )
  .transform((url) => url.replace(/\/+$/, ''));

/** Options for the address of a server, its model and its key. */
export const serverPlaceShape = {
  baseUrl: serverAddress
    .default('https://api.openai.com/v1')
    .describe('address with the version, without /chat/completions'),
  model: z.string().min(1).describe('name of the model on the server'),
  apiKeyEnv: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an environment variable, not the key')
    .optional()
    .describe(
      'environment variable that holds the key; unset: OPENAI_API_KEY for OpenAI, no key for others',
    ),
};

/** Options for limits, retries, prices and the cache of answers. */
export const serverAskingShape = {
  concurrency: count.default(8).describe('requests in flight at once'),
  requestsPerMinute: positive.optional(),
  tokensPerMinute: positive.optional().describe('prompt and completion tokens together'),
  attempts: count.default(6).describe('attempts at a request before the question fails'),
  firstWaitSeconds: positive
    .default(1)
    .describe('wait before the second attempt; each further wait is twice as long'),
  maxWaitSeconds: positive
    .default(300)
    .describe('longest wait that a server may ask for; a second longer one fails the question'),
  silenceSeconds: positive.default(300).describe('silence after which an attempt fails'),
  maxAnswerSeconds: positive
    .default(1800)
    .describe('from sending a request to the end of its answer; longer fails the question'),
  maxAnswerBytes: count
    .default(32 * 2 ** 20)
    .describe('size of one reply; a larger one fails the question'),
  stream: z
    .boolean()
    .default(true)
    .describe('get answers in pieces, so that a server that hangs is noticed'),
  maxTokensName: z.enum(['max_tokens', 'max_completion_tokens']).default('max_tokens'),
  extra: z
    .record(z.string(), z.unknown())
    .default({})
    .describe('fields added to every request, such as { reasoning_effort: low }'),
  prices: z
    .strictObject({ prompt: z.number().nonnegative(), completion: z.number().nonnegative() })
    .optional()
    .describe('price of a million tokens; results then include the cost'),
  cache: z
    .union([z.string(), z.literal(false)])
    .optional()
    .describe("folder of cached answers; false: no cache; unset: loci/answers in the user's cache"),
};

/** Parsed options of a server. */
export type ServerSettings = z.output<
  z.ZodObject<typeof serverPlaceShape & typeof serverAskingShape>
>;

/**
 * The parts that send questions to a server.
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

const OPENAI_HOST = 'api.openai.com';
const OPENAI_KEY = 'OPENAI_API_KEY';

/**
 * The key for a server.
 *
 * @param variable the environment variable that holds it. Without one, OPENAI_API_KEY goes to OpenAI, and no other server gets a key.
 * @returns undefined for a server that gets no key.
 * @throws LociError `api-key-missing` when the variable is empty, `api-key-malformed` when no header can carry its value.
 */
export function apiKeyFor(
  baseUrl: string,
  variable: string | undefined,
  environment: NodeJS.ProcessEnv,
): string | undefined {
  const name = variable ?? (new URL(baseUrl).hostname === OPENAI_HOST ? OPENAI_KEY : undefined);
  if (name === undefined) return undefined;
  const key = environment[name]?.trim();
  if (key && !/^[\x21-\x7e]+$/u.test(key)) {
    throw new LociError(
      'api-key-malformed',
      `The API key in the environment variable ${name} contains a line break, a blank or a character beyond ASCII: copy the key again, whole and alone`,
    );
  }
  if (key) return key;
  throw new LociError(
    'api-key-missing',
    `${baseUrl} needs an API key, and the environment variable ${name} is empty: export ${name}=…, or name another variable with apiKeyEnv`,
  );
}
