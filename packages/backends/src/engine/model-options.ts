/** Defines the options that the policies on all engines of this package share. */
import { typedPath } from '@loci/core';
import type { PluginContext } from '@loci/core';
import { z } from 'zod';
import { LORA_OPTION } from '../lora/lora-schema.ts';
import type { ModelSettings } from './open-model.ts';

/** Keys of the options; an engine adds its own. */
export const MODEL_OPTIONS = {
  model: z.string().describe('model folder in Hugging Face layout, or hub:OWNER/NAME@REVISION'),
  threads: z.int().positive().optional().describe('threads within an operation; unset: all cores'),
  positionRule: z
    .enum(['4.49', '5.18'])
    .default('4.49')
    .describe(
      'position of the text after a video, as in this version of transformers; SpaceR trained with 4.49',
    ),
  maxTokens: z
    .int()
    .positive()
    .optional()
    .describe('limit on the tokens of prompt and completion together'),
  maxRunMegabytes: z
    .int()
    .positive()
    .default(1024)
    .describe('memory limit of one run with gradients; larger batches run in parts'),
  frameCache: z
    .strictObject({
      folder: z.string().describe('folder for the frames alone; processes and runs may share it'),
      maxMegabytes: z
        .int()
        .positive()
        .default(8192)
        .describe('size limit; the least recently used frames go first'),
    })
    .optional()
    .describe('cache of decoded frames on disk, for later runs; unset: in memory only'),
  lora: LORA_OPTION.optional().describe(
    'trains low-rank factors beside frozen weights, of a new adapter or of an existing one',
  ),
  freeze: z
    .enum(['vision'])
    .optional()
    .describe('part that is not trained; not together with lora'),
} as const;

/** The options of a policy with their paths resolved from the folder of its run, and with the settings of the run. */
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
