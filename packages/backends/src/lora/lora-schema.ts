/** Defines the option `lora` of a policy. `lora-options.ts` makes an adapter of it. This file loads nothing but zod. */
import { z } from 'zod';

const count = z.int().positive();

/** The option `lora` of a policy: a new adapter, or the folder of an existing one. */
export const LORA_OPTION = z
  .strictObject({
    adapter: z
      .string()
      .optional()
      .describe('adapter folder in PEFT layout to continue; has its own settings'),
    rank: count.optional().describe('rank of the factors; unset: 16'),
    alpha: z
      .number()
      .positive()
      .optional()
      .describe('scale of the factors, as alpha / rank; unset: twice the rank'),
    rankStabilised: z
      .boolean()
      .optional()
      .describe('scale the factors by alpha / √rank instead (rsLoRA)'),
    modules: z
      .union([z.array(z.string()).min(1), z.string()])
      .optional()
      .describe(
        'modules to adapt, as target_modules of PEFT: ends of their names, a regular expression of whole names, or all-linear (the default)',
      ),
    vision: z.boolean().optional().describe('adapt modules of the vision tower too; unset: false'),
    layers: z
      .array(z.int().nonnegative())
      .min(1)
      .optional()
      .describe('numbers of the layers to adapt; unset: all'),
    rankPattern: z
      .record(z.string(), count)
      .optional()
      .describe('ranks of modules whose names end in a regular expression'),
    alphaPattern: z
      .record(z.string(), z.number().positive())
      .optional()
      .describe('alphas of modules whose names end in a regular expression'),
    modulesToSave: z
      .array(z.string())
      .optional()
      .describe('modules to train whole, such as the merger of the vision tower'),
  })
  .refine((settings) => settings.adapter === undefined || Object.keys(settings).length === 1, {
    error:
      'an adapter has its own rank, scale and modules: give "adapter" alone, or remove it; ' +
      '--set policy.lora=null before it drops those of the config',
    path: ['adapter'],
  });

/** The LoRA settings of a config. */
export type LoraSettings = z.output<typeof LORA_OPTION>;
