/**
 * Merges an adapter into the weights of its base model, or removes it again. The result is a model folder in the form of the base. Files
 * are copied, and only changed weights are rewritten in place, one tensor at a time, in their stored type.
 */
import { open, readdir } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { LociError, writeFolderWhole } from '@loci/core';
import { readModel } from '../models/index.ts';
import type { Architecture, PartlyTrained } from '../models/spec/model.ts';
import { firstNonFinite } from '../weights/finite-weights.ts';
import { narrowBfloat16, widenBfloat16, widenFloat16 } from '../weights/half-floats.ts';
import { narrowFloat16 } from '../weights/narrow-float16.ts';
import type { Checkpoint } from '../weights/safetensors.ts';
import type { TensorEntry } from '../weights/safetensors-header.ts';
import { factorNames, lowRankScale } from '../ops/tuning.ts';
import { checkTensors, openModelCheckpoint } from '../weights/checkpoint-fit.ts';
import { copyFiles } from '../weights/model-folder.ts';
import { parameterArena } from '../weights/parameter-arena.ts';
import { ADAPTER_WEIGHTS_FILE, openAdapter, openAdapterTensors } from './adapter-folder.ts';
import { digestOf, nextRecord, readMergeRecord, writeMergeRecord } from './merge-record.ts';

/** The folders of a merge. */
export interface MergeRequest {
  /** Folder of the base; with `undo`, of the merged model. */
  readonly model: string;
  /** Folder of the adapter. */
  readonly adapter: string;
  /** Folder of the result; it appears whole or not at all. */
  readonly to: string;
  /** Removes the adapter instead. */
  readonly undo?: boolean | undefined;
  /** Architectures that the model may have besides those of Loci. */
  readonly architectures?: readonly Architecture[] | undefined;
}

/** The result of a merge. */
export interface MergeSummary {
  /** Layers whose factors were merged. */
  readonly layers: number;
  /** Parameters that the adapter had trained whole and that replaced those of the base. */
  readonly replaced: number;
  /** Types that the changed weights are stored in, and rounded to. */
  readonly types: readonly TensorEntry['type'][];
  /** Whether the model has a record of its adapters. Without one, as after a merge elsewhere, `undo` could not check it. */
  readonly isRecorded: boolean;
  /** The base that the adapter names. */
  readonly base?: string | undefined;
}

/**
 * Adds `sign · scale · B·A` to a weight `[out, in]`, in double precision before it is rounded once.
 *
 * @param b `[out, rank]`
 * @param a `[rank, in]`
 */
export function addLowRank(
  weight: Float32Array,
  b: Float32Array,
  a: Float32Array,
  rank: number,
  scale: number,
): void {
  const inputs = a.length / rank;
  const sums = new Float64Array(inputs);
  for (let row = 0; row * inputs < weight.length; row++) {
    sums.fill(0);
    for (let inner = 0; inner < rank; inner++) {
      const factor = scale * b[row * rank + inner]!;
      if (factor === 0) continue;
      const start = inner * inputs;
      for (let column = 0; column < inputs; column++) {
        sums[column] = sums[column]! + factor * a[start + column]!;
      }
    }
    const start = row * inputs;
    for (let column = 0; column < inputs; column++) {
      weight[start + column] = weight[start + column]! + sums[column]!;
    }
  }
}

/** @throws LociError `bad-merge` when the new values of a weight exceed the range of its type. */
function stored(values: Float32Array, { name, type, file }: TensorEntry): Uint8Array {
  const bytes = ({ buffer, byteOffset, byteLength }: Float32Array | Float64Array | Uint16Array) =>
    new Uint8Array(buffer, byteOffset, byteLength);
  const checked = (reached: Float32Array, bits: Float32Array | Float64Array | Uint16Array) => {
    const place = firstNonFinite(reached);
    if (place < 0) return bytes(bits);
    throw new LociError(
      'bad-merge',
      `${file}: "${name}" would hold ${reached[place]}, for ${values[place]} is too large for ${type}; save the base as bfloat16 or ` +
        'float32 first',
    );
  };
  switch (type) {
    case 'F32':
      return checked(values, values);
    case 'F64':
      return checked(values, Float64Array.from(values));
    case 'BF16': {
      const narrow = narrowBfloat16(values);
      return checked(widenBfloat16(narrow), narrow);
    }
    case 'F16': {
      const narrow = narrowFloat16(values);
      return checked(widenFloat16(narrow), narrow);
    }
    default:
      throw new LociError('checkpoint-unreadable', `${file}: "${name}" holds ${type}, not weights`);
  }
}

/** The changed values of the weights that an adapter touches, by published name. */
function changes(
  base: Checkpoint,
  adapter: Checkpoint,
  { tuning }: PartlyTrained,
  undo: boolean,
): ReadonlyMap<string, () => Promise<Float32Array>> {
  const merged = Object.entries(tuning.lowRank).map(([layer, lowRank]) => {
    const { a, b } = factorNames(layer);
    const scale = (undo ? -1 : 1) * lowRankScale(lowRank, tuning.rankStabilised);
    const change = async () => {
      const weight = await base.readFloats(`${layer}.weight`);
      const factors = [await adapter.readFloats(b), await adapter.readFloats(a)] as const;
      addLowRank(weight, ...factors, lowRank.rank, scale);
      return weight;
    };
    return [`${layer}.weight`, change] as const;
  });
  const replaced = tuning.parameters.map((name) => [name, () => adapter.readFloats(name)] as const);
  return new Map([...merged, ...replaced]);
}

async function writeAt(handle: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, at + done);
    done += bytesWritten;
  }
}

/** Files that are not copied: those of an adapter, of moments and of a run's state. */
const LEFT = /^(adapter_|optimizer\.safetensors$|trainer-state\.json$)|\.tmp$/;

/** Protects existing folders. @throws LociError `folder-not-empty`. */
async function refuseFilled(folder: string): Promise<void> {
  const isFilled = await readdir(folder).then(
    (entries) => entries.length > 0,
    (cause: NodeJS.ErrnoException) => cause.code !== 'ENOENT',
  );
  if (!isFilled) return;
  throw new LociError('folder-not-empty', `${folder} is not empty; name a new folder.`);
}

/**
 * Merges an adapter, or removes a merged one.
 *
 * @param report called after every rewritten weight with its number and their total.
 * @throws LociError `bad-merge`, `folder-not-empty`, `adapter-config`, `adapter-mismatch`, `model-config`, `checkpoint-unreadable`,
 * `checkpoint-mismatch`, `disk-full`, `not-writable`.
 */
export async function mergeAdapter(
  { model, adapter: folder, to, undo = false, architectures }: MergeRequest,
  report: (weight: string, done: number, total: number) => void = () => undefined,
): Promise<MergeSummary> {
  if ([model, folder].some((path) => resolve(path) === resolve(to))) {
    throw new LociError(
      'bad-merge',
      `${to} is the folder that the weights are read from; name another folder`,
    );
  }
  await refuseFilled(to);
  const { tuned, adapter: described } = await openAdapter(
    folder,
    await readModel(model, architectures),
  );
  const { tuning } = tuned;
  if (undo && tuning.parameters.length > 0) {
    throw new LociError(
      'bad-merge',
      `${folder} trained modules whole ("modules_to_save") and does not hold the weights that they replaced: go back to the base instead`,
    );
  }
  const arena = parameterArena(tuned);
  const base = await openModelCheckpoint(resolve(model), arena.published);
  const adapter = await openAdapterTensors(folder, arena.published);
  try {
    checkTensors(adapter, arena.entries);
    const record = await readMergeRecord(model);
    const sha256 = await digestOf(join(folder, ADAPTER_WEIGHTS_FILE));
    const next = nextRecord(model, record, { sha256, folder: resolve(folder) }, undo);
    const changed = changes(base, adapter, tuned, undo);
    const touched = [...changed].map(([name, change]) => ({
      name,
      change,
      entry: base.entries.get(name)!,
    }));
    await writeFolderWhole(to, async (temporary) => {
      await copyFiles(resolve(model), temporary, LEFT);
      for (const [index, { name, change, entry }] of touched.entries()) {
        const values = await change();
        const handle = await open(join(temporary, basename(entry.file)), 'r+');
        try {
          await writeAt(handle, stored(values, entry), entry.begin);
          await handle.sync();
        } finally {
          await handle.close();
        }
        report(name, index + 1, touched.length);
      }
      await writeMergeRecord(temporary, next);
    });
    return {
      layers: Object.keys(tuning.lowRank).length,
      replaced: tuning.parameters.length,
      types: [...new Set(touched.map(({ entry: { type } }) => type))],
      isRecorded: record !== undefined,
      base: described.base,
    };
  } finally {
    await base.close();
    await adapter.close();
  }
}
