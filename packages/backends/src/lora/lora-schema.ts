/** The option `lora` of a policy. `lora-options.ts` makes an adapter of it; this file loads nothing but zod. */
import { z } from 'zod';

const count = z.int().positive();

/** The option `lora` of a policy: a new adapter, or the folder of one to go on with. */
export const LORA_OPTION = z
  .strictObject({
    adapter: z
      .string()
      .optional()
      .describe('adapter folder in PEFT layout to start from; it brings its own settings'),
    rank: count.optional().describe('rank of the factors; 16 if unset'),
    alpha: z
      .number()
      .positive()
      .optional()
      .describe('the scale is alpha / rank; twice the rank if unset'),
    rankStabilised: z.boolean().optional().describe('scale by alpha / √rank (rsLoRA)'),
    modules: z
      .union([z.array(z.string()).min(1), z.string()])
      .optional()
      .describe(
        'ends of module names, a regular expression of whole names, or all-linear (if unset), as target_modules of PEFT',
      ),
    vision: z
      .boolean()
      .optional()
      .describe('adapt modules of the vision tower too; they are left alone if unset'),
    layers: z
      .array(z.int().nonnegative())
      .min(1)
      .optional()
      .describe('numbers of the layers to adapt; all if unset'),
    rankPattern: z
      .record(z.string(), count)
      .optional()
      .describe('other ranks for modules whose names end in an expression'),
    alphaPattern: z
      .record(z.string(), z.number().positive())
      .optional()
      .describe('other alphas for modules whose names end in an expression'),
    modulesToSave: z
      .array(z.string())
      .optional()
      .describe('modules that are trained whole, such as the merger of the vision tower'),
  })
  .refine((settings) => settings.adapter === undefined || Object.keys(settings).length === 1, {
    error:
      'an adapter brings its own rank, scale and modules: give "adapter" alone, or leave it out; ' +
      '--set policy.lora=null in front drops those of the config',
    path: ['adapter'],
  });

/** What a config says of LoRA. */
export type LoraSettings = z.output<typeof LORA_OPTION>;
