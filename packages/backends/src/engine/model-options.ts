/** Options that the policies on every engine of this package share. */
import { typedPath } from '@loci/core';
import type { PluginContext } from '@loci/core';
import { z } from 'zod';
import { LORA_OPTION } from '../lora/lora-schema.ts';
import type { ModelSettings } from './open-model.ts';

/** Keys of the options; an engine adds its own. */
export const MODEL_OPTIONS = {
  model: z.string().describe('model folder in Hugging Face layout, or hub:OWNER/NAME@REVISION'),
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
  lora: LORA_OPTION.optional().describe(
    'trains low-rank factors beside frozen weights; a new adapter, or one to go on with',
  ),
  freeze: z.enum(['vision']).optional().describe('what is not trained, without lora'),
} as const;

/** The options of a policy with their paths starting where those of its run do, with what the run gives beside them. */
export function placeModelOptions<
  Options extends Pick<ModelSettings, 'model' | 'frameCache' | 'lora'>,
>(
  options: Options,
  { baseDirectory, seed, logger }: Pick<PluginContext, 'baseDirectory' | 'seed' | 'logger'>,
): Options & Required<Pick<ModelSettings, 'seed' | 'warn'>> {
  const { model, frameCache, lora } = options;
  const absolute = (path: string) => typedPath(path, baseDirectory);
  return {
    ...options,
    model: absolute(model),
    ...(frameCache && { frameCache: { ...frameCache, folder: absolute(frameCache.folder) } }),
    ...(lora?.adapter !== undefined && { lora: { adapter: absolute(lora.adapter) } }),
    seed,
    warn: (message) => logger.warn(message),
  };
}
