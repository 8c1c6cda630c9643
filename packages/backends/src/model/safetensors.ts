/**
 * Checkpoints in the safetensors format: a JSON header with the place of every tensor, then their bytes. Tensors are read
 * on demand by ranged reads, from one file or from the shards that `model.safetensors.index.json` lists.
 * Format: https://github.com/huggingface/safetensors
 */
import { constants } from 'node:fs';
import { access, open, readFile, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LociError, messageOf } from '@loci/core';
import { z } from 'zod';
import { writeFileAtomically } from './atomic-file.ts';
import { widenBfloat16, widenFloat16 } from './half-floats.ts';

const BYTES = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, U8: 1, I8: 1, BOOL: 1 } as const;

/** Element types that are read; `F32`, `I32` and `U8` are written too. */
export type TensorType = keyof typeof BYTES;

/** A tensor of a checkpoint that has not been read yet. */
export interface TensorEntry {
  readonly name: string;
  readonly type: TensorType;
  readonly shape: readonly number[];
  /** File that holds it. */
  readonly file: string;
  /** First byte in the file, and the one past the last. */
  readonly begin: number;
  readonly end: number;
}

/** An open checkpoint. */
export interface Checkpoint {
  readonly entries: ReadonlyMap<string, TensorEntry>;
  /** Metadata of the header: strings only. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Values of a floating-point tensor, row-major, widened to float32. @throws LociError `checkpoint-unreadable`. */
  readFloats(name: string): Promise<Float32Array>;
  /** Values of an `I32`, `U8` or `BOOL` tensor. @throws LociError `checkpoint-unreadable`. */
  readIntegers(name: string): Promise<Int32Array | Uint8Array>;
  close(): Promise<void>;
}

/** A tensor to be written. */
export interface TensorToWrite {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array | Uint8Array;
}

const headerSchema = z
  .object({ __metadata__: z.record(z.string(), z.string()).optional() })
  .catchall(
    z.object({
      dtype: z.enum(['F64', 'F32', 'F16', 'BF16', 'I64', 'I32', 'U8', 'I8', 'BOOL']),
      shape: z.array(z.int().nonnegative()),
      data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
    }),
  );

const indexSchema = z.object({ weight_map: z.record(z.string(), z.string()) });

function unreadable(file: string, problem: string, cause?: unknown): LociError {
  return new LociError('checkpoint-unreadable', `${file}: ${problem}`, {
    cause,
    details: { file },
  });
}

async function readRange(handle: FileHandle, file: string, begin: number, end: number) {
  const bytes = new Uint8Array(end - begin);
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, begin + filled);
    if (bytesRead === 0) throw unreadable(file, `ends at byte ${begin + filled}, before ${end}`);
    filled += bytesRead;
  }
  return bytes;
}

interface Shard {
  readonly handle: FileHandle;
  readonly entries: readonly TensorEntry[];
  readonly metadata: Readonly<Record<string, string>>;
}

async function readHeader(handle: FileHandle, file: string): Promise<Omit<Shard, 'handle'>> {
  const { size } = await handle.stat();
  if (size < 8) throw unreadable(file, `is ${size} bytes long: truncated, or no safetensors file`);
  const prefix = await readRange(handle, file, 0, 8);
  const base = 8 + Number(new DataView(prefix.buffer).getBigUint64(0, true));
  if (base > size) {
    throw unreadable(file, `the header should end at byte ${base}, the file ends at ${size}`);
  }
  const text = new TextDecoder().decode(await readRange(handle, file, 8, base));
  let header: z.infer<typeof headerSchema>;
  try {
    header = headerSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw unreadable(file, `the header is damaged: ${messageOf(cause)}`, cause);
  }
  const { __metadata__: metadata = {}, ...tensors } = header;
  const entries = Object.entries(tensors).map(([name, { dtype: type, shape, data_offsets }]) => {
    const [begin, end] = data_offsets;
    const bytes = shape.reduce((product, side) => product * side, BYTES[type]);
    if (end - begin !== bytes) {
      throw unreadable(file, `"${name}" should take ${bytes} bytes and is given ${end - begin}`);
    }
    if (base + end > size) {
      throw unreadable(
        file,
        `truncated: "${name}" ends at byte ${base + end}, the file at ${size}. Copy it again`,
      );
    }
    return { name, type, shape, file, begin: base + begin, end: base + end };
  });
  return { entries, metadata };
}

async function openShard(file: string): Promise<Shard> {
  let handle: FileHandle;
  try {
    handle = await open(file, 'r');
  } catch (cause) {
    throw unreadable(file, `cannot be opened: ${messageOf(cause)}`, cause);
  }
  try {
    return { handle, ...(await readHeader(handle, file)) };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Files of a checkpoint: itself, `model.safetensors` of a folder, or the shards of the folder's index. */
async function shardFiles(path: string): Promise<readonly string[]> {
  const exists = async (file: string) =>
    access(file, constants.R_OK).then(
      () => true,
      () => false,
    );
  if (!(await exists(path))) throw unreadable(path, 'no such file or folder');
  if ((await stat(path)).isFile()) return [path];
  const whole = join(path, 'model.safetensors');
  if (await exists(whole)) return [whole];
  const index = `${whole}.index.json`;
  if (!(await exists(index))) {
    throw unreadable(path, 'holds neither model.safetensors nor model.safetensors.index.json');
  }
  try {
    const { weight_map } = indexSchema.parse(JSON.parse(await readFile(index, 'utf8')));
    return [...new Set(Object.values(weight_map))].map((name) => join(dirname(index), name));
  } catch (cause) {
    throw unreadable(index, `is no index of shards: ${messageOf(cause)}`, cause);
  }
}

function widen(entry: TensorEntry, bytes: Uint8Array): Float32Array {
  switch (entry.type) {
    case 'F32':
      return new Float32Array(bytes.buffer);
    case 'F64':
      return Float32Array.from(new Float64Array(bytes.buffer));
    case 'BF16':
      return widenBfloat16(new Uint16Array(bytes.buffer));
    case 'F16':
      return widenFloat16(new Uint16Array(bytes.buffer));
    default:
      throw unreadable(
        entry.file,
        `"${entry.name}" holds ${entry.type}, not numbers with a fraction`,
      );
  }
}

/**
 * Opens a checkpoint and checks that every tensor it promises is there in full; no tensor is read yet.
 *
 * @param path a `.safetensors` file, or a folder with `model.safetensors` or its index.
 * @throws LociError `checkpoint-unreadable`, naming the file and what is wrong with it.
 */
export async function openCheckpoint(path: string): Promise<Checkpoint> {
  const shards = new Map<string, Shard>();
  const close = async () => {
    for (const { handle } of shards.values()) await handle.close();
    shards.clear();
  };
  try {
    for (const file of await shardFiles(path)) shards.set(file, await openShard(file));
  } catch (error) {
    await close();
    throw error;
  }
  const entries = new Map(
    [...shards.values()].flatMap((shard) => shard.entries.map((entry) => [entry.name, entry])),
  );
  const readBytes = async (name: string): Promise<[TensorEntry, Uint8Array]> => {
    const entry = entries.get(name);
    if (!entry) throw unreadable(path, `has no tensor "${name}"`);
    const shard = shards.get(entry.file);
    if (!shard) throw unreadable(path, 'has been closed');
    return [entry, await readRange(shard.handle, entry.file, entry.begin, entry.end)];
  };
  return {
    entries,
    metadata: Object.assign({}, ...[...shards.values()].map((shard) => shard.metadata)),
    readFloats: async (name) => widen(...(await readBytes(name))),
    readIntegers: async (name) => {
      const [entry, bytes] = await readBytes(name);
      if (entry.type === 'I32') return new Int32Array(bytes.buffer);
      if (entry.type === 'U8' || entry.type === 'BOOL') return bytes;
      throw unreadable(entry.file, `"${name}" holds ${entry.type}, not I32, U8 or BOOL`);
    },
    close,
  };
}

function typeOf(data: TensorToWrite['data']): TensorType {
  if (data instanceof Float32Array) return 'F32';
  return data instanceof Int32Array ? 'I32' : 'U8';
}

function* fileBytes(
  tensors: readonly TensorToWrite[],
  metadata: Readonly<Record<string, string>>,
): Generator<Uint8Array> {
  let offset = 0;
  const header: Record<string, unknown> = { __metadata__: { format: 'pt', ...metadata } };
  for (const { name, shape, data } of tensors) {
    const elements = shape.reduce((product, side) => product * side, 1);
    if (elements !== data.length) {
      throw new RangeError(`"${name}" of shape [${shape.join(', ')}] has ${data.length} values`);
    }
    const data_offsets = [offset, (offset += data.byteLength)];
    header[name] = { dtype: typeOf(data), shape, data_offsets };
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  // Tensors begin at a multiple of 8 bytes; the format pads the header with spaces.
  const padded = new Uint8Array(Math.ceil(text.length / 8) * 8).fill(0x20);
  padded.set(text);
  const prefix = new Uint8Array(8);
  new DataView(prefix.buffer).setBigUint64(0, BigInt(padded.length), true);
  yield prefix;
  yield padded;
  for (const { data } of tensors) {
    yield new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }
}

/**
 * Writes a checkpoint of one file. It appears whole or not at all.
 *
 * @throws LociError `disk-full` or `not-writable`.
 */
export async function writeCheckpoint(
  path: string,
  tensors: readonly TensorToWrite[],
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  await writeFileAtomically(path, fileBytes(tensors, metadata));
}
