/** The policy `openai`: any model behind an OpenAI-compatible server (vLLM, SGLang, hosted GPT and Gemini models), for evaluation. */
import { definePlugin, typedPath } from '@loci/core';
import type { PluginContext } from '@loci/core';
import { z } from 'zod';
import { createFrameCache, createFrameReader } from '@loci/media';
import { DEFAULT_FRAME_SETTINGS } from '@loci/media';
import { OpenAiPolicy } from './openai-policy.ts';
import { presentFrames, presentVideo } from './present-media.ts';
import type { VideoPlace } from './present-media.ts';
import { remoteProcessor } from './remote-processor.ts';
import {
  askingParts,
  serverAddress,
  serverAskingShape,
  serverPlaceShape,
} from './server-options.ts';

const options = z.strictObject({
  ...serverPlaceShape,
  media: z
    .enum(['frames', 'video'])
    .default('frames')
    .describe(
      'videos as pictures that are chosen here, or as video_url with the frames left to the server',
    ),
  videoFrom: z
    .union([z.enum(['inline', 'file']), z.strictObject({ folder: z.string(), url: serverAddress })])
    .default('inline')
    .describe(
      'how the server comes by videos: in the request, by file path, or at url for what lies in folder',
    ),
  jpegQuality: z.int().min(1).max(100).default(90),
  ...serverAskingShape,
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
    const { baseUrl, model, concurrency } = settings;
    const asking = askingParts(settings, context);
    const frames = presentFrames(
      createFrameReader(DEFAULT_FRAME_SETTINGS, SIDE_FACTOR, createFrameCache(FRAME_CACHE_BYTES)),
      settings.jpegQuality,
    );
    const present =
      settings.media === 'frames'
        ? frames
        : presentVideo(placeOf(settings.videoFrom, context), frames);
    return new OpenAiPolicy({
      asking,
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
