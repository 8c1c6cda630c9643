/** The policy `openai`: evaluates any model behind an OpenAI-compatible server (vLLM, SGLang, hosted GPT and Gemini models). */
import { definePlugin, typedPath } from '@loci/core';
import type { PluginContext } from '@loci/core';
import { z } from 'zod';
import { OpenAiPolicy } from './openai-policy.ts';
import { jpegFrames, presentVideo } from './present-media.ts';
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
      'frames: send chosen frames as images; video: send the video, and the server chooses frames',
    ),
  videoFrom: z
    .union([z.enum(['inline', 'file']), z.strictObject({ folder: z.string(), url: serverAddress })])
    .default('inline')
    .describe(
      'where the server finds videos: in the request, at a file path, or below url for files in folder',
    ),
  jpegQuality: z.int().min(1).max(100).default(90).describe('of frames that are sent as images'),
  ...serverAskingShape,
});

const FRAME_CACHE_BYTES = 256 * 2 ** 20;

/**
 * Samples from a server. A run reads the key from the environment as it starts. No config, log, message or cached answer holds it.
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
    const frames = jpegFrames(FRAME_CACHE_BYTES, settings.jpegQuality);
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
