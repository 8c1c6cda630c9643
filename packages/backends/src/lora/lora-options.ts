/** What a config says of LoRA, and the adapter that it describes. */
import { LociError } from '@loci/core';
import { z } from 'zod';
import type { Model } from '../models/spec/model.ts';
import type { Tuning } from '../ops/tuning.ts';
import type { AdapterConfig } from './adapter-config.ts';
import { refuseIdle } from './idle-settings.ts';
import { selectLayers, tuningOf } from './select-layers.ts';

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

/** The options that stand for fields of `adapter_config.json`. */
const OPTION_OF: Readonly<Record<string, string>> = {
  target_modules: 'modules',
  rank_pattern: 'rankPattern',
  alpha_pattern: 'alphaPattern',
  modules_to_save: 'modulesToSave',
};

/**
 * What a new adapter trains of a model.
 *
 * @throws LociError `adapter-config` naming the option.
 */
export function freshTuning(settings: LoraSettings, model: Model): Tuning {
  const names = model.parameters;
  try {
    const adapter = freshAdapter(settings, names.visionPattern);
    refuseIdle(settings, selectLayers(adapter, names), model);
    return tuningOf(adapter, names);
  } catch (error) {
    const field = LociError.is(error) ? error.details['field'] : undefined;
    if (!LociError.is(error) || typeof field !== 'string') throw error;
    const message = error.message.replace(`"${field}"`, `policy.lora.${OPTION_OF[field] ?? field}`);
    throw new LociError(error.code, message, { cause: error });
  }
}

const DEFAULT_RANK = 16;

/** The new adapter that a config describes. */
function freshAdapter(settings: LoraSettings, visionPattern: string): AdapterConfig {
  const { rank = DEFAULT_RANK, alpha = 2 * rank, modules = 'all-linear', layers } = settings;
  return {
    rank,
    alpha,
    rankStabilised: settings.rankStabilised ?? false,
    targets: modules,
    layers,
    ...(settings.vision ? {} : { exclude: visionPattern }),
    rankPattern: settings.rankPattern ?? {},
    alphaPattern: settings.alphaPattern ?? {},
    modulesToSave: settings.modulesToSave ?? [],
    dropout: 0,
  };
}
