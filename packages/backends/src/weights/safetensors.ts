/**
 * Reads checkpoints in the safetensors format: a JSON header with the place of every tensor, then their bytes. Tensors are read on demand
 * by ranged reads, from one file or from the shards that `model.safetensors.index.json` lists. Format:
 * https://github.com/huggingface/safetensors
 */
import { constants } from 'node:fs';
import { access, readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf } from '@loci/core';
import { z } from 'zod';
import { widenBfloat16, widenFloat16 } from './half-floats.ts';
import { LFS_ADVICE, LFS_POINTER } from '../files/model-file.ts';
import { openShard, readInto, unreadable } from './safetensors-header.ts';
import type { Shard, TensorEntry } from './safetensors-header.ts';
import { sizeOf } from '../ops/shape.ts';

/** An open checkpoint. */
export interface Checkpoint {
  /** The file or folder that was opened. */
  readonly path: string;
  readonly entries: ReadonlyMap<string, TensorEntry>;
  /** Metadata of the header: strings only. */
  readonly metadata: Readonly<Record<string, string>>;
  /**
   * Values of an `F32`, `BF16`, `F16` or `F64` tensor, row-major, as float32. They are read and widened piece by piece, so that only the
   * result is in memory.
   *
   * @param target receives the values; by default a fresh array.
   * @throws LociError `checkpoint-unreadable`.
   */
  readFloats(name: string, target?: Float32Array): Promise<Float32Array>;
  /** Values of an `I32`, `U8` or `BOOL` tensor. @throws LociError `checkpoint-unreadable`. */
  readIntegers(name: string): Promise<Int32Array | Uint8Array>;
  close(): Promise<void>;
}

const indexSchema = z.object({ weight_map: z.record(z.string(), z.string()) });

/** Files of a checkpoint, and for each tensor of an index the file that should hold it. */
interface Files {
  readonly files: readonly string[];
  readonly promised: ReadonlyMap<string, string>;
}

/** The checkpoint is itself a file, or lies in a folder as `model.safetensors` or the shards of an index. */
async function findFiles(path: string): Promise<Files> {
  const exists = async (file: string) =>
    access(file, constants.R_OK).then(
      () => true,
      () => false,
    );
  const alone = (file: string): Files => ({ files: [file], promised: new Map() });
  if (!(await exists(path))) throw unreadable(path, 'no such file or folder');
  if ((await stat(path)).isFile()) return alone(path);
  const whole = join(path, 'model.safetensors');
  if (await exists(whole)) return alone(whole);
  const index = `${whole}.index.json`;
  if (!(await exists(index))) {
    const pickled = (await readdir(path)).some((name) => /^pytorch_model.*\.bin/.test(name));
    throw unreadable(
      path,
      'holds neither model.safetensors nor model.safetensors.index.json' +
        (pickled
          ? '; pickled weights (pytorch_model.bin) are not supported: save the model with save_pretrained of transformers, which writes safetensors'
          : ''),
    );
  }
  let promised: Map<string, string>;
  try {
    const text = await readFile(index, 'utf8');
    if (text.startsWith(LFS_POINTER)) throw new Error(LFS_ADVICE);
    const { weight_map } = indexSchema.parse(JSON.parse(text));
    promised = new Map(
      Object.entries(weight_map).map(([name, file]) => [name, join(dirname(index), file)]),
    );
  } catch (cause) {
    const problem =
      cause instanceof z.ZodError
        ? 'it has no "weight_map" from tensors to files'
        : messageOf(cause);
    throw unreadable(index, `is not an index of shards: ${problem}`, cause);
  }
  const files = [...new Set(promised.values())];
  const found = await Promise.all(files.map(exists));
  const missing = files.filter((_, place) => !found[place]);
  if (missing.length > 0) {
    throw unreadable(index, `names missing shards: ${missing.join(', ')}`);
  }
  return { files, promised };
}

/** Every tensor of an index must be in its shard. */
function keepPromises(path: string, promised: Files['promised'], shards: readonly Shard[]): void {
  const held = new Set(shards.flatMap(({ entries }) => entries.map((e) => `${e.file}\n${e.name}`)));
  const broken = [...promised].filter(([name, file]) => !held.has(`${file}\n${name}`));
  if (broken.length === 0) return;
  const list = broken.map(([name, file]) => `"${name}" (${file})`).join(', ');
  throw unreadable(path, `the index lists tensors that the shards do not hold: ${list}`);
}

/** A tensor must be in one file: between two, the right one is unknown. */
function refuseTwins(path: string, shards: readonly Shard[]): void {
  const files = new Map<string, string>();
  const twins = shards.flatMap(({ entries }) =>
    entries.flatMap(({ name, file }) => {
      const other = files.get(name);
      files.set(name, file);
      return other === undefined ? [] : [`"${name}" (${other} and ${file})`];
    }),
  );
  if (twins.length === 0) return;
  const more = twins.length > 5 ? `, and ${twins.length - 5} more` : '';
  const list = twins.slice(0, 5).join(', ') + more;
  throw unreadable(path, `two shards hold the same tensor, remove it from one: ${list}`);
}

/** Bytes in memory at once while a tensor is widened; a multiple of every element size. */
const PIECE = 2 ** 24;

/** Bytes of an element on disk, and how they are widened into a part of the result. */
const WIDENERS = {
  F64: [
    8,
    (bytes: Uint8Array, to: Float32Array) => to.set(new Float64Array(bytes.buffer, 0, to.length)),
  ],
  BF16: [
    2,
    (bytes: Uint8Array, to: Float32Array) =>
      widenBfloat16(new Uint16Array(bytes.buffer, 0, to.length), to),
  ],
  F16: [
    2,
    (bytes: Uint8Array, to: Float32Array) =>
      widenFloat16(new Uint16Array(bytes.buffer, 0, to.length), to),
  ],
} as const;

async function readWidened(
  { handle }: Shard,
  { name, type, file, begin, end }: TensorEntry,
  target: Float32Array,
): Promise<void> {
  if (type === 'F32') {
    // Views of bytes end at 4 GiB, so that a larger tensor takes several.
    for (let at = 0; at < end - begin; at += LONGEST_VIEW) {
      const length = Math.min(LONGEST_VIEW, end - begin - at);
      const view = new Uint8Array(target.buffer, target.byteOffset + at, length);
      await readInto(handle, file, begin + at, view);
    }
    return;
  }
  if (type !== 'F64' && type !== 'BF16' && type !== 'F16') {
    throw unreadable(file, `"${name}" holds ${type}, not numbers with a fraction`);
  }
  const [width, widen] = WIDENERS[type];
  const piece = new Uint8Array(Math.min(PIECE, end - begin));
  for (let at = 0; at < end - begin; at += PIECE) {
    const own = piece.subarray(0, Math.min(PIECE, end - begin - at));
    await readInto(handle, file, begin + at, own);
    widen(own, target.subarray(at / width, (at + own.length) / width));
  }
}

const LONGEST_VIEW = 2 ** 30;

/**
 * Opens a checkpoint and checks that every tensor of its header is complete. Reads no tensor yet.
 *
 * @param path a `.safetensors` file, or a folder with `model.safetensors` or its index.
 * @throws LociError `checkpoint-unreadable`, naming the file and the problem.
 */
export async function openCheckpoint(path: string): Promise<Checkpoint> {
  const shards = new Map<string, Shard>();
  const close = async () => {
    for (const { handle } of shards.values()) await handle.close();
    shards.clear();
  };
  try {
    const { files, promised } = await findFiles(path);
    for (const file of files) shards.set(file, await openShard(file));
    keepPromises(path, promised, [...shards.values()]);
    refuseTwins(path, [...shards.values()]);
  } catch (error) {
    await close();
    throw error;
  }
  const entries = new Map(
    [...shards.values()].flatMap((shard) => shard.entries.map((entry) => [entry.name, entry])),
  );
  const find = (name: string): readonly [TensorEntry, Shard] => {
    const entry = entries.get(name);
    if (!entry) throw unreadable(path, `has no tensor "${name}"`);
    const shard = shards.get(entry.file);
    if (!shard) throw unreadable(path, 'has been closed');
    return [entry, shard];
  };
  return {
    path,
    entries,
    metadata: Object.assign({}, ...[...shards.values()].map((shard) => shard.metadata)),
    readFloats: async (name, target) => {
      const [entry, shard] = find(name);
      const values = target ?? new Float32Array(sizeOf(entry.shape));
      if (values.length !== sizeOf(entry.shape)) {
        throw new RangeError(`"${name}" has ${sizeOf(entry.shape)} values, not ${values.length}`);
      }
      await readWidened(shard, entry, values);
      return values;
    },
    readIntegers: async (name) => {
      const [entry, shard] = find(name);
      const bytes = new Uint8Array(entry.end - entry.begin);
      await readInto(shard.handle, entry.file, entry.begin, bytes);
      if (entry.type === 'I32') return new Int32Array(bytes.buffer);
      if (entry.type === 'U8' || entry.type === 'BOOL') return bytes;
      throw unreadable(entry.file, `"${name}" holds ${entry.type}, not I32, U8 or BOOL`);
    },
    close,
  };
}
