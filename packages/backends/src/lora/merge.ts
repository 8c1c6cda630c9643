/**
 * Puts an adapter into the weights of its base model, or takes it out again. The result is a model folder of the base's own
 * form: files are copied, and of the weights only those that change are rewritten in place, one tensor at a time, in the type
 * that they are stored in.
 */
import { chmod, copyFile, open, readdir, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { LociError, writeFolderWhole } from '@loci/core';
import { readModelConfig } from '../model/config.ts';
import { narrowBfloat16 } from '../model/half-floats.ts';
import { narrowFloat16 } from '../model/narrow-float16.ts';
import { openCheckpoint } from '../model/safetensors.ts';
import type { Checkpoint } from '../model/safetensors.ts';
import type { TensorEntry } from '../model/safetensors-header.ts';
import { factorNames, lowRankScale } from '../model/tuning.ts';
import { openAdapter, openAdapterTensors } from './adapter-folder.ts';
import type { AdaptedConfig } from './adapter-folder.ts';
import { publishedName } from './module-names.ts';

/** What is merged, and where to. */
export interface MergeRequest {
  /** Folder of the base; with `undo`, of the merged model. */
  readonly model: string;
  /** Folder of the adapter. */
  readonly adapter: string;
  /** Folder of the result; it appears whole or not at all. */
  readonly to: string;
  /** Takes the adapter out instead. */
  readonly undo?: boolean | undefined;
}

/** What was done. */
export interface MergeSummary {
  /** Layers whose factors were merged. */
  readonly layers: number;
  /** Parameters that the adapter had trained whole, and that took the place of the base's. */
  readonly replaced: number;
  /** Types that the changed weights are stored in, and rounded to. */
  readonly types: readonly TensorEntry['type'][];
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

function stored(values: Float32Array, { name, type, file }: TensorEntry): Uint8Array {
  const bytes = ({ buffer, byteOffset, byteLength }: Float32Array | Float64Array | Uint16Array) =>
    new Uint8Array(buffer, byteOffset, byteLength);
  switch (type) {
    case 'F32':
      return bytes(values);
    case 'F64':
      return bytes(Float64Array.from(values));
    case 'BF16':
      return bytes(narrowBfloat16(values));
    case 'F16':
      return bytes(narrowFloat16(values));
    default:
      throw new LociError('checkpoint-unreadable', `${file}: "${name}" holds ${type}, not weights`);
  }
}

/** The changed values of the weights that an adapter touches, by published name. */
function changes(
  base: Checkpoint,
  adapter: Checkpoint,
  { tuning }: AdaptedConfig,
  undo: boolean,
): ReadonlyMap<string, (entry: TensorEntry) => Promise<Float32Array>> {
  const merged = Object.entries(tuning.lowRank).map(([layer, lowRank]) => {
    const { a, b } = factorNames(layer);
    const scale = (undo ? -1 : 1) * lowRankScale(lowRank, tuning.rankStabilised);
    const change = async ({ name }: TensorEntry) => {
      const weight = await base.readFloats(name);
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

/** Files of a model folder that go along; an adapter, moments and a run's state do not belong to a model. */
async function copyFolder(from: string, to: string): Promise<void> {
  const left = /^(adapter_|optimizer\.safetensors$|trainer-state\.json$)|\.tmp$/;
  for (const entry of await readdir(from)) {
    const path = join(from, entry);
    if (left.test(entry) || !(await stat(path)).isFile()) continue;
    const copy = join(to, entry);
    await copyFile(path, copy);
    // Caches keep their files read-only.
    await chmod(copy, 0o644);
  }
}

/**
 * Merges, or takes a merged adapter out.
 *
 * @param report told of every weight that was rewritten, and of how many that makes.
 * @throws LociError `bad-merge`, `adapter-config`, `adapter-mismatch`, `model-config`, `checkpoint-unreadable`,
 * `checkpoint-mismatch`, `disk-full`, `not-writable`.
 */
export async function mergeAdapter(
  { model, adapter: folder, to, undo = false }: MergeRequest,
  report: (weight: string, done: number, total: number) => void = () => undefined,
): Promise<MergeSummary> {
  if ([model, folder].some((path) => resolve(path) === resolve(to))) {
    throw new LociError(
      'bad-merge',
      `${to} is where the weights are read from; name another folder`,
    );
  }
  const { config } = await openAdapter(folder, await readModelConfig(model));
  if (undo && config.tuning.parameters.length > 0) {
    throw new LociError(
      'bad-merge',
      `${folder} has trained modules whole ("modules_to_save"), and what they replaced is nowhere in it: go back to the base instead`,
    );
  }
  const base = await openCheckpoint(resolve(model));
  const adapter = await openAdapterTensors(folder);
  try {
    const changed = changes(base, adapter, config, undo);
    const entries = new Map(
      [...base.entries.values()].map((entry) => [publishedName(entry.name), entry]),
    );
    const touched = [...changed.keys()].map((name) => {
      const entry = entries.get(name);
      if (entry) return [name, entry] as const;
      throw new LociError('checkpoint-mismatch', `${model}: "${name}" is missing`);
    });
    await writeFolderWhole(to, async (temporary) => {
      await copyFolder(resolve(model), temporary);
      for (const [index, [name, entry]] of touched.entries()) {
        const values = await changed.get(name)!(entry);
        const handle = await open(join(temporary, basename(entry.file)), 'r+');
        try {
          await writeAt(handle, stored(values, entry), entry.begin);
          await handle.sync();
        } finally {
          await handle.close();
        }
        report(name, index + 1, touched.length);
      }
    });
    return {
      layers: Object.keys(config.tuning.lowRank).length,
      replaced: config.tuning.parameters.length,
      types: [...new Set(touched.map(([, { type }]) => type))],
    };
  } finally {
    await base.close();
    await adapter.close();
  }
}
