/** Options that the policies on every engine of this package share. */
import { resolve } from 'node:path';
import type { PluginContext } from '@loci/core';
import { z } from 'zod';
import { LORA_OPTION } from '../lora/lora-options.ts';
import type { LoraSettings } from '../lora/lora-options.ts';

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
  lora: LORA_OPTION.optional().describe(
    'trains low-rank factors beside frozen weights; a new adapter, or one to go on with',
  ),
  freeze: z.enum(['vision']).optional().describe('what is not trained, without lora'),
} as const;

/** Options with their paths made absolute, and what the run gives beside them. */
export function inRun<Options extends { model: string; lora?: LoraSettings | undefined }>(
  options: Options,
  { baseDirectory, seed }: PluginContext,
): Options & { readonly seed: number } {
  const { model, lora } = options;
  const absolute = (path: string) => resolve(baseDirectory, path);
  return {
    ...options,
    model: absolute(model),
    ...(lora?.adapter === undefined ? {} : { lora: { adapter: absolute(lora.adapter) } }),
    seed,
  };
}
