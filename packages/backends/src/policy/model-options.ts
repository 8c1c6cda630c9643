/** Options that the policies on every engine of this package share. */
import { z } from 'zod';

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
} as const;
