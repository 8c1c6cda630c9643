/** The policy `openai`: any model behind an OpenAI-compatible server (vLLM, SGLang, hosted GPT and Gemini models), for evaluation. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { definePlugin, typedPath } from '@loci/core';
import type { PluginContext } from '@loci/core';
import { z } from 'zod';
import { createFrameCache, createFrameReader } from '@loci/media';
import { DEFAULT_FRAME_SETTINGS } from '@loci/media';
import { openAnswerCache } from './answer-cache.ts';
import { apiKeyFor } from './api-key.ts';
import { openChatServer } from './chat-server.ts';
import { REAL_CLOCK, createLimiter, pauseOf } from './limiter.ts';
import { OpenAiPolicy } from './openai-policy.ts';
import { presentFrames, presentVideo } from './present-media.ts';
import type { VideoPlace } from './present-media.ts';
import { remoteProcessor } from './remote-processor.ts';

const positive = z.number().positive();
const count = z.int().positive();

const address = z
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

const options = z.strictObject({
  baseUrl: address.default('https://api.openai.com/v1').describe('up to and with the version'),
  model: z.string().min(1).describe('as the server names it'),
  apiKeyEnv: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an environment variable, not the key')
    .optional()
    .describe(
      'environment variable that holds the key; unset: OPENAI_API_KEY for OpenAI, none else',
    ),
  media: z
    .enum(['frames', 'video'])
    .default('frames')
    .describe(
      'videos as pictures that are chosen here, or as video_url with the frames left to the server',
    ),
  videoFrom: z
    .union([z.enum(['inline', 'file']), z.strictObject({ folder: z.string(), url: address })])
    .default('inline')
    .describe(
      'how the server comes by videos: in the request, by file path, or at url for what lies in folder',
    ),
  jpegQuality: z.int().min(1).max(100).default(90),
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
});

/** Patches of Qwen's vision tower, to whose multiples frames are scaled; other models scale again themselves. */
const SIDE_FACTOR = 28;
const FRAME_CACHE_BYTES = 256 * 2 ** 20;

/**
 * Asks a server. The key is read from the environment when a run starts; it is in no config, log, message or kept answer.
 *
 * @example policy: { use: openai, baseUrl: 'http://localhost:8000/v1', model: Qwen/Qwen2.5-VL-7B-Instruct }
 */
export const openaiPolicy = definePlugin({
  kind: 'policy',
  name: 'openai',
  description: 'Any model behind an OpenAI-compatible server, for evaluation.',
  options,
  create: (settings, context) => {
    const { baseUrl, model, concurrency, requestsPerMinute, tokensPerMinute } = settings;
    const apiKey = apiKeyFor(baseUrl, settings.apiKeyEnv, process.env);
    const frames = presentFrames(
      createFrameReader(DEFAULT_FRAME_SETTINGS, SIDE_FACTOR, createFrameCache(FRAME_CACHE_BYTES)),
      settings.jpegQuality,
    );
    const present =
      settings.media === 'frames'
        ? frames
        : presentVideo(placeOf(settings.videoFrom, context), frames);
    const cache = cacheFolder(settings.cache, context);
    return new OpenAiPolicy({
      asking: {
        server: openChatServer({
          baseUrl,
          apiKey,
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
      },
      chat: { model, maxTokensName: settings.maxTokensName, extra: settings.extra },
      processor: remoteProcessor(present),
      concurrency,
      prices: settings.prices,
      description: `${model} at ${baseUrl}, videos as ${settings.media === 'frames' ? 'frames' : 'files whose frames the server chooses'}`,
      logger: context.logger,
    });
  },
});

function placeOf(
  from: z.output<typeof options>['videoFrom'],
  { baseDirectory }: PluginContext,
): VideoPlace {
  if (typeof from === 'string') return { kind: from };
  return { kind: 'url', folder: typedPath(from.folder, baseDirectory), url: from.url };
}

function cacheFolder(
  cache: string | false | undefined,
  { baseDirectory }: PluginContext,
): string | undefined {
  if (cache === false) return undefined;
  if (cache !== undefined) return typedPath(cache, baseDirectory);
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'loci', 'answers');
}
