/** Makes a new adapter from the options of a config. */
import { LociError } from '@loci/core';
import type { Model } from '../models/spec/model.ts';
import type { Tuning } from '../ops/tuning.ts';
import type { AdapterConfig } from './adapter-config.ts';
import { refuseIdle } from './idle-settings.ts';
import type { LoraSettings } from './lora-schema.ts';
import { selectLayers, tuningOf } from './select-layers.ts';

/** The options for fields of `adapter_config.json`. */
const OPTION_OF: Readonly<Record<string, string>> = {
  target_modules: 'modules',
  rank_pattern: 'rankPattern',
  alpha_pattern: 'alphaPattern',
  modules_to_save: 'modulesToSave',
};

/**
 * The tuning that a new adapter gives a model.
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
