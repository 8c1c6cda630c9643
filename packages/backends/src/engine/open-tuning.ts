/** From the settings of a policy to what it trains of a model: the tuned config, weights to start from, and how they are kept. */
import { basename, resolve } from 'node:path';
import { LociError } from '@loci/core';
import type { AdapterConfig } from '../lora/adapter-config.ts';
import { initialFactor } from '../lora/initial-factors.ts';
import { freshTuning } from '../lora/lora-options.ts';
import type { LoraSettings } from '../lora/lora-schema.ts';
import { adapterStore, openAdapter, readAdapter } from '../lora/adapter-folder.ts';
import type { AdaptedConfig } from '../lora/adapter-folder.ts';
import type { ModelConfig } from '../models/qwen2-5-vl/config.ts';
import { modelParameters } from '../models/qwen2-5-vl/parameters.ts';
import { openModelCheckpoint } from '../weights/checkpoint-fit.ts';
import { readModelWeights } from '../weights/model-folder.ts';
import { parameterArena } from '../weights/parameter-arena.ts';
import { modelStore } from '../weights/weight-store.ts';
import type { WeightStore } from '../weights/weight-store.ts';

/** What of a model is to be trained; everything when nothing is said. */
export interface TuningSettings {
  readonly lora?: LoraSettings | undefined;
  /** Trains all but the vision tower; without LoRA, which freezes more. */
  readonly freeze?: 'vision' | undefined;
  /** What fresh factors are drawn from. Default: 0. */
  readonly seed?: number | undefined;
  /** Told what went wrong or is strange, and ends nothing. Default: a warning of the process. */
  readonly warn?: ((message: string) => void) | undefined;
}

/** A model with what is trained of it. */
export interface OpenedTuning {
  readonly config: ModelConfig;
  /** Trained weights to start from, in arena order. */
  readonly trained: Float32Array;
  readonly store: WeightStore;
}

/**
 * Reads what the settings ask for.
 *
 * @param model folder of the base model.
 * @throws LociError `bad-tuning`, `adapter-config`, `adapter-mismatch`, `checkpoint-unreadable`, `checkpoint-mismatch`.
 */
export async function openTuning(
  model: string,
  base: ModelConfig,
  settings: TuningSettings,
): Promise<OpenedTuning> {
  const { lora, freeze } = settings;
  if (lora && freeze) {
    throw new LociError(
      'bad-tuning',
      '"freeze" is for training without LoRA, "lora" freezes all but its factors; leave out one of them (lora.vision says whether the vision tower has factors)',
    );
  }
  if (lora) return openLora(model, base, lora, settings);
  const config = freeze === 'vision' ? withoutVision(base) : base;
  const { weights } = await readModelWeights(model, parameterArena(config));
  return { config, trained: weights, store: modelStore(config, model) };
}

function withoutVision(config: ModelConfig): ModelConfig {
  const parameters = modelParameters(config)
    .map(({ name }) => name)
    .filter((name) => !name.startsWith('visual.'));
  return { ...config, tuning: { lowRank: {}, rankStabilised: false, parameters } };
}

/** That an adapter speaks of another base than the one it goes onto, which has another name; a folder may have moved. */
function otherBase({ base }: AdapterConfig, model: string): string | undefined {
  if (base === undefined || base === '' || basename(base) === basename(resolve(model)))
    return undefined;
  return `says that it was made for ${base}, and goes onto ${model}: policy.model names the base`;
}

async function openLora(
  model: string,
  base: ModelConfig,
  lora: LoraSettings,
  { seed = 0, warn = (message) => process.emitWarning(message) }: TuningSettings,
): Promise<OpenedTuning> {
  const { adapter: folder } = lora;
  if (folder !== undefined) {
    const { config, adapter } = await openAdapter(folder, base);
    const foreign = otherBase(adapter, model);
    if (adapter.dropout > 0) {
      throw new LociError(
        'adapter-config',
        `${folder}: "lora_dropout" is ${adapter.dropout}, and nothing is dropped here; set it to 0 to go on without`,
      );
    }
    const { weights } = await readAdapter(folder, config).catch((error: unknown) => {
      if (foreign === undefined || !LociError.is(error)) throw error;
      throw new LociError(error.code, `${error.message}. ${folder} ${foreign}`, { cause: error });
    });
    if (foreign !== undefined) warn(`${folder} ${foreign}`);
    return { config, trained: weights, store: adapterStore(config, model) };
  }
  const config = { ...base, tuning: freshTuning(lora, base) };
  const trained = await freshWeights(model, config, seed);
  return { config, trained, store: adapterStore(config, model) };
}

/** Fresh factors, and the base's own weights where modules are trained whole. */
async function freshWeights(
  model: string,
  config: AdaptedConfig,
  seed: number,
): Promise<Float32Array> {
  const { entries, size, published } = parameterArena(config);
  const whole = new Set(config.tuning.parameters);
  const trained = new Float32Array(size);
  const checkpoint = await openModelCheckpoint(model, published);
  try {
    for (const entry of entries) {
      const values = whole.has(entry.name)
        ? await checkpoint.readFloats(entry.name)
        : initialFactor(entry, seed);
      trained.set(values, entry.offset);
    }
  } finally {
    await checkpoint.close();
  }
  return trained;
}
