/** Reads and writes adapter folders in PEFT's layout, on request with the optimizer's moments beside the factors. */
import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { LociError, writeFolderWhole, writeJsonAtomically } from '@loci/core';
import type { Model, PartlyTrained } from '../models/spec/model.ts';
import type { ModelParameters } from '../models/spec/weights.ts';
import { withFiniteWeights } from '../weights/finite-weights.ts';
import { openCheckpoint } from '../weights/safetensors.ts';
import type { Checkpoint } from '../weights/safetensors.ts';
import { writeCheckpoint } from '../weights/safetensors-write.ts';
import { lowRankScale } from '../ops/tuning.ts';
import type { LowRank, Tuning } from '../ops/tuning.ts';
import { arenaTensors, readArena } from '../weights/arena-weights.ts';
import { readMoments, writeMoments } from '../weights/model-folder.ts';
import type { StoredWeights, WeightStore } from '../weights/weight-store.ts';
import { parameterArena } from '../weights/parameter-arena.ts';
import { ADAPTER_CONFIG_FILE, isAdapterFolder } from '../weights/adapter-folder-file.ts';
import { readAdapterConfig } from './adapter-config.ts';
import type { AdapterConfig } from './adapter-config.ts';
import { adapterConfigJson } from './adapter-json.ts';
import { ownTensorName, peftTensorName } from './module-names.ts';
import { tuningOf } from './select-layers.ts';

/** Name of the file with the factors. */
export const ADAPTER_WEIGHTS_FILE = 'adapter_model.safetensors';

/** The tensors of an adapter folder, under published names. The caller closes it. */
export async function openAdapterTensors(
  folder: string,
  names: ModelParameters,
): Promise<Checkpoint> {
  const file = join(folder, ADAPTER_WEIGHTS_FILE);
  const pickled = join(folder, 'adapter_model.bin');
  const exists = (path: string) =>
    access(path).then(
      () => true,
      () => false,
    );
  if (!(await exists(file)) && (await exists(pickled))) {
    throw new LociError(
      'checkpoint-unreadable',
      `${pickled}: pickled weights are not supported; save the adapter with safe_serialization=True`,
    );
  }
  const checkpoint = await openCheckpoint(file);
  const stored = new Map<string, string>();
  for (const name of checkpoint.entries.keys()) stored.set(ownTensorName(names, name), name);
  return withFiniteWeights({
    ...checkpoint,
    entries: new Map([...stored].map(([own, name]) => [own, checkpoint.entries.get(name)!])),
    readFloats: (name, ...rest) => checkpoint.readFloats(stored.get(name) ?? name, ...rest),
  });
}

/**
 * The layers that an adapter has. A list such as `[gate_proj]` selects layers of both towers; an adapter that holds factors
 * of only one was trained on that one. Within a tower no factor may be missing.
 */
function withStoredTowers(
  tuning: Tuning,
  { entries }: Checkpoint,
  { isVision }: ModelParameters,
): Tuning {
  const stored = [...entries.keys()].filter((name) => /\.lora_[AB]\.weight$/.test(name));
  const kept = Object.entries(tuning.lowRank).filter(([layer]) =>
    stored.some((name) => isVision(name) === isVision(layer)),
  );
  return { ...tuning, lowRank: Object.fromEntries(kept) };
}

/** @throws LociError `adapter-mismatch` when the file holds tensors that the configuration does not cover. */
function refuseStrangers(folder: string, adapted: PartlyTrained, { entries }: Checkpoint): void {
  const known = new Set(parameterArena(adapted).entries.map(({ name }) => name));
  const strangers = [...entries.keys()].filter((name) => !known.has(name));
  if (strangers.length === 0) return;
  const shown = strangers.slice(0, 5).join(', ');
  const more = strangers.length > 5 ? ` and ${strangers.length - 5} more` : '';
  throw new LociError(
    'adapter-mismatch',
    `${join(folder, ADAPTER_WEIGHTS_FILE)} holds tensors that ${ADAPTER_CONFIG_FILE} does not select, or that this model lacks: ${shown}${more}`,
    { details: { strangers } },
  );
}

/** `tuningOf`, with the file named in its errors. */
function tuningIn(folder: string, adapter: AdapterConfig, names: ModelParameters): Tuning {
  try {
    return tuningOf(adapter, names);
  } catch (error) {
    if (!LociError.is(error)) throw error;
    const message = `${join(folder, ADAPTER_CONFIG_FILE)}: ${error.message}`;
    throw new LociError(error.code, message, { cause: error });
  }
}

/** The tuning that an adapter folder gives a model. */
export interface OpenedAdapter {
  readonly tuned: PartlyTrained;
  readonly adapter: AdapterConfig;
}

/**
 * Reads which layers of a model an adapter folder adapts, and how. Reads no factor yet.
 *
 * @throws LociError `adapter-config`, `adapter-mismatch`, `checkpoint-unreadable`.
 */
export async function openAdapter(folder: string, model: Model): Promise<OpenedAdapter> {
  const names = model.parameters;
  const adapter = await readAdapterConfig(folder);
  const tensors = await openAdapterTensors(folder, names);
  try {
    const tuning = withStoredTowers(tuningIn(folder, adapter, names), tensors, names);
    const tuned = { model, tuning };
    refuseStrangers(folder, tuned, tensors);
    return { tuned, adapter };
  } finally {
    await tensors.close();
  }
}

/**
 * The factors of an adapter folder in arena order, and its moments where it has them.
 *
 * @throws LociError `checkpoint-unreadable`, `checkpoint-mismatch`.
 */
export async function readAdapter(folder: string, tuned: PartlyTrained): Promise<StoredWeights> {
  const arena = parameterArena(tuned);
  const tensors = await openAdapterTensors(folder, arena.published);
  try {
    const weights = await readArena(tensors, arena);
    const moments = await readMoments(folder, arena);
    return { weights, ...(moments ? { moments } : {}) };
  } finally {
    await tensors.close();
  }
}

/** Ranks and scales of a tuning, for comparison. */
function scalesOf({ lowRank, rankStabilised }: Tuning): ReadonlyMap<string, string> {
  const shown = (own: LowRank) => `rank ${own.rank}, scale ${lowRankScale(own, rankStabilised)}`;
  return new Map(Object.entries(lowRank).map(([layer, own]) => [layer, shown(own)]));
}

/** @throws LociError `adapter-mismatch` naming a layer that differs. */
function refuseOther(folder: string, found: Tuning, expected: Tuning): void {
  const [own, other] = [scalesOf(expected), scalesOf(found)];
  const layer = [...new Set([...own.keys(), ...other.keys()])].find(
    (name) => own.get(name) !== other.get(name),
  );
  if (layer === undefined) return;
  const shown = (scales: ReadonlyMap<string, string>) => scales.get(layer) ?? 'no factors';
  throw new LociError(
    'adapter-mismatch',
    `${folder} does not fit this run: ${layer} has ${shown(other)} there and ${shown(own)} here`,
  );
}

/** Saves the adapter of a policy in folders. @param base folder of the model without the adapter. */
export function adapterStore(tuned: PartlyTrained, base: string): WeightStore {
  const arena = parameterArena(tuned);
  return {
    async save(directory, weights, moments) {
      if (resolve(directory) === resolve(base)) {
        throw new LociError(
          'not-writable',
          `${directory} holds the base model, which its adapter would replace; name another folder`,
        );
      }
      await writeFolderWhole(directory, async (temporary) => {
        const json = adapterConfigJson(tuned, resolve(base));
        await writeJsonAtomically(join(temporary, ADAPTER_CONFIG_FILE), json);
        const tensors = arenaTensors(weights, arena).map((tensor) => ({
          ...tensor,
          name: peftTensorName(arena.published, tensor.name),
        }));
        await writeCheckpoint(join(temporary, ADAPTER_WEIGHTS_FILE), tensors);
        if (moments) await writeMoments(temporary, moments, arena);
      });
    },
    async load(directory) {
      if (!(await isAdapterFolder(directory))) {
        throw new LociError(
          'checkpoint-mismatch',
          `${directory} has no ${ADAPTER_CONFIG_FILE}, but this run trains an adapter; start from a whole model with policy.model`,
        );
      }
      const found = await openAdapter(directory, tuned.model);
      refuseOther(directory, found.tuned.tuning, tuned.tuning);
      return readAdapter(directory, tuned);
    },
  };
}
