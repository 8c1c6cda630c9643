/** The new adapter that a config describes. */
import { LociError } from '@loci/core';
import type { ModelConfig } from '../models/qwen2-5-vl/config.ts';
import { linearLayers } from '../models/qwen2-5-vl/parameters.ts';
import type { Tuning } from '../ops/tuning.ts';
import type { AdapterConfig } from './adapter-config.ts';
import { refuseIdle } from './idle-settings.ts';
import type { LoraSettings } from './lora-schema.ts';
import { selectLayers, tuningOf } from './select-layers.ts';

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
export function freshTuning(settings: LoraSettings, config: ModelConfig): Tuning {
  try {
    const adapter = freshAdapter(settings);
    refuseIdle(settings, selectLayers(adapter, linearLayers(config)), config);
    return tuningOf(adapter, config);
  } catch (error) {
    const field = LociError.is(error) ? error.details['field'] : undefined;
    if (!LociError.is(error) || typeof field !== 'string') throw error;
    const message = error.message.replace(`"${field}"`, `policy.lora.${OPTION_OF[field] ?? field}`);
    throw new LociError(error.code, message, { cause: error });
  }
}

const DEFAULT_RANK = 16;

/** The new adapter that a config describes. */
function freshAdapter(settings: LoraSettings): AdapterConfig {
  const { rank = DEFAULT_RANK, alpha = 2 * rank, modules = 'all-linear', layers } = settings;
  return {
    rank,
    alpha,
    rankStabilised: settings.rankStabilised ?? false,
    targets: modules,
    layers,
    ...(settings.vision ? {} : { exclude: '(.*\\.)?visual\\..*' }),
    rankPattern: settings.rankPattern ?? {},
    alphaPattern: settings.alphaPattern ?? {},
    modulesToSave: settings.modulesToSave ?? [],
    dropout: 0,
  };
}
