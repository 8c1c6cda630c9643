/** Applies the tuning settings of a policy to a model: the tuned config, the start weights, and how they are saved. */
import { basename, resolve } from 'node:path';
import { LociError } from '@loci/core';
import type { AdapterConfig } from '../lora/adapter-config.ts';
import { initialFactor } from '../lora/initial-factors.ts';
import { freshTuning } from '../lora/lora-options.ts';
import type { LoraSettings } from '../lora/lora-schema.ts';
import { adapterStore, openAdapter, readAdapter } from '../lora/adapter-folder.ts';
import type { Model, PartlyTrained, TunedModel } from '../models/spec/model.ts';
import { openModelCheckpoint } from '../weights/checkpoint-fit.ts';
import { readModelWeights } from '../weights/model-folder.ts';
import { parameterArena } from '../weights/parameter-arena.ts';
import { modelStore } from '../weights/weight-store.ts';
import type { WeightStore } from '../weights/weight-store.ts';

/** The settings for what is trained of a model; by default everything. */
export interface TuningSettings {
  readonly lora?: LoraSettings | undefined;
  /** Trains all but the vision tower. Not together with LoRA, which freezes more. */
  readonly freeze?: 'vision' | undefined;
  /** Seed of fresh factors. Default: 0. */
  readonly seed?: number | undefined;
  /** Called with problems that do not stop the run. Default: a warning of the process. */
  readonly warn?: ((message: string) => void) | undefined;
}

/** A model with its tuning. */
export interface OpenedTuning extends TunedModel {
  /** Trained start weights, in arena order. */
  readonly trained: Float32Array;
  readonly store: WeightStore;
}

/**
 * Reads the tuned model of the settings.
 *
 * @param folder of the base model.
 * @throws LociError `bad-tuning`, `adapter-config`, `adapter-mismatch`, `checkpoint-unreadable`, `checkpoint-mismatch`.
 */
export async function openTuning(
  folder: string,
  model: Model,
  settings: TuningSettings,
): Promise<OpenedTuning> {
  const { lora, freeze } = settings;
  if (lora && freeze) {
    throw new LociError(
      'bad-tuning',
      '"freeze" is for training without LoRA, and "lora" freezes all but its factors: remove one of them (lora.vision decides whether the vision tower has factors)',
    );
  }
  if (lora) return openLora(folder, model, lora, settings);
  const tuned = freeze === 'vision' ? withoutVision(model) : { model };
  const { weights } = await readModelWeights(folder, parameterArena(tuned));
  return { ...tuned, trained: weights, store: modelStore(tuned, folder) };
}

function withoutVision(model: Model): PartlyTrained {
  const { all, isVision } = model.parameters;
  const parameters = all.map(({ name }) => name).filter((name) => !isVision(name));
  return { model, tuning: { lowRank: {}, rankStabilised: false, parameters } };
}

/** A warning about an adapter whose base has another name than this model. A folder may also have moved. */
function otherBase({ base }: AdapterConfig, model: string): string | undefined {
  if (base === undefined || base === '' || basename(base) === basename(resolve(model)))
    return undefined;
  return `was trained on ${base}, but is loaded onto ${model}. Set policy.model to ${base} unless you mean this`;
}

async function openLora(
  base: string,
  model: Model,
  lora: LoraSettings,
  { seed = 0, warn = (message) => process.emitWarning(message) }: TuningSettings,
): Promise<OpenedTuning> {
  const { adapter: folder } = lora;
  if (folder !== undefined) {
    const { tuned, adapter } = await openAdapter(folder, model);
    const foreign = otherBase(adapter, base);
    if (adapter.dropout > 0) {
      throw new LociError(
        'adapter-config',
        `${folder}: "lora_dropout" is ${adapter.dropout}, but Loci applies no dropout; set it to 0 to continue without`,
      );
    }
    const { weights } = await readAdapter(folder, tuned).catch((error: unknown) => {
      if (foreign === undefined || !LociError.is(error)) throw error;
      throw new LociError(error.code, `${error.message}. ${folder} ${foreign}`, { cause: error });
    });
    if (foreign !== undefined) warn(`${folder} ${foreign}`);
    return { ...tuned, trained: weights, store: adapterStore(tuned, base) };
  }
  const tuned = { model, tuning: freshTuning(lora, model) };
  const trained = await freshWeights(base, tuned, seed);
  return { ...tuned, trained, store: adapterStore(tuned, base) };
}

/** Fresh factors, and the base's own weights where modules are trained whole. */
async function freshWeights(
  folder: string,
  tuned: PartlyTrained,
  seed: number,
): Promise<Float32Array> {
  const { entries, size, published } = parameterArena(tuned);
  const whole = new Set(tuned.tuning.parameters);
  const trained = new Float32Array(size);
  const checkpoint = await openModelCheckpoint(folder, published);
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
