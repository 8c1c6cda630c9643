/** Options that the policies on every engine of this package share. */
import { resolve } from 'node:path';
import type { PluginContext } from '@loci/core';
import { z } from 'zod';
import type { ModelSettings } from './open-model.ts';

/** Keys of the options; an engine adds its own. */
export const MODEL_OPTIONS = {
  model: z.string().describe('model folder in Hugging Face layout'),
  threads: z
    .int()
    .positive()
    .optional()
    .describe('threads within an operation; all cores if unset'),
  positionRule: z
    .enum(['4.49', '5.18'])
    .default('4.49')
    .describe(
      'where text goes on after a video, by transformers version; SpaceR trained with 4.49',
    ),
  maxTokens: z.int().positive().optional().describe('limit of prompt and completion together'),
  maxRunMegabytes: z
    .int()
    .positive()
    .default(1024)
    .describe('memory of one run with gradients; larger batches run in parts'),
  frameCache: z
    .strictObject({
      folder: z.string().describe('of its own; processes and runs may share it'),
      maxMegabytes: z.int().positive().default(8192).describe('least recently used out first'),
    })
    .optional()
    .describe('keeps decoded frames on disk for the next run; unset: in memory only'),
} as const;

/** The options of a policy with their paths starting where those of its run do, and the run's log to complain to. */
export function placeModelOptions<Options extends Pick<ModelSettings, 'model' | 'frameCache'>>(
  options: Options,
  { baseDirectory, logger }: Pick<PluginContext, 'baseDirectory' | 'logger'>,
): Options & Pick<ModelSettings, 'warn'> {
  const { model, frameCache } = options;
  return {
    ...options,
    model: resolve(baseDirectory, model),
    ...(frameCache && {
      frameCache: { ...frameCache, folder: resolve(baseDirectory, frameCache.folder) },
    }),
    warn: (message) => logger.warn(message),
  };
}
