/** From the settings of a policy to what it trains of a model: the tuned config, weights to start from, and how they are kept. */
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
export interface OpenedTuning extends TunedModel {
  /** Trained weights to start from, in arena order. */
  readonly trained: Float32Array;
  readonly store: WeightStore;
}

/**
 * Reads what the settings ask for.
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
      '"freeze" is for training without LoRA, "lora" freezes all but its factors; leave out one of them (lora.vision says whether the vision tower has factors)',
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

/** That an adapter speaks of another base than the one it goes onto, which has another name; a folder may have moved. */
function otherBase({ base }: AdapterConfig, model: string): string | undefined {
  if (base === undefined || base === '' || basename(base) === basename(resolve(model)))
    return undefined;
  return `says that it was made for ${base}, and goes onto ${model}: policy.model names the base`;
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
        `${folder}: "lora_dropout" is ${adapter.dropout}, and nothing is dropped here; set it to 0 to go on without`,
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
