/** Writes checkpoints in the safetensors format, tensor by tensor, as one file or as shards with their index. */
import { join } from 'node:path';
import { writeFileAtomically, writeJsonAtomically } from '@loci/core';
import type { TensorType } from './safetensors-header.ts';
import { sizeOf } from '../ops/shape.ts';

/** A tensor to be written, with its values. */
export interface TensorToWrite {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array | Uint8Array;
}

/** A tensor whose bytes are made during writing. */
export interface TensorStream {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: TensorType;
  /** Bytes of all values. */
  readonly byteLength: number;
  /** The bytes in order, in pieces. */
  bytes(): Iterable<Uint8Array>;
}

function typeOf(data: TensorToWrite['data']): TensorType {
  if (data instanceof Float32Array) return 'F32';
  return data instanceof Int32Array ? 'I32' : 'U8';
}

/** Bytes written at once; views are limited to 4 GiB. */
const PIECE = 2 ** 28;

function* pieces({ buffer, byteOffset, byteLength }: TensorToWrite['data']): Generator<Uint8Array> {
  for (let at = 0; at < byteLength; at += PIECE) {
    yield new Uint8Array(buffer, byteOffset + at, Math.min(PIECE, byteLength - at));
  }
}

function streamOf({ name, shape, data }: TensorToWrite): TensorStream {
  if (sizeOf(shape) !== data.length) {
    throw new RangeError(
      `"${name}" of shape [${shape.join(', ')}] was given ${data.length} values`,
    );
  }
  const { byteLength } = data;
  return { name, shape, type: typeOf(data), byteLength, bytes: () => pieces(data) };
}

function* fileBytes(
  tensors: readonly TensorStream[],
  metadata: Readonly<Record<string, string>>,
): Generator<Uint8Array> {
  let offset = 0;
  const header: Record<string, unknown> = { __metadata__: { format: 'pt', ...metadata } };
  for (const { name, shape, type, byteLength } of tensors) {
    header[name] = { dtype: type, shape, data_offsets: [offset, (offset += byteLength)] };
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  // Tensors begin at a multiple of 8 bytes; the format pads the header with spaces.
  const padded = new Uint8Array(Math.ceil(text.length / 8) * 8).fill(0x20);
  padded.set(text);
  const prefix = new Uint8Array(8);
  new DataView(prefix.buffer).setBigUint64(0, BigInt(padded.length), true);
  yield prefix;
  yield padded;
  for (const tensor of tensors) yield* tensor.bytes();
}

function* checkedBytes(
  tensors: readonly TensorToWrite[],
  metadata: Readonly<Record<string, string>>,
): Generator<Uint8Array> {
  yield* fileBytes(tensors.map(streamOf), metadata);
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
  await writeFileAtomically(path, checkedBytes(tensors, metadata));
}

/** Cuts tensors, in their order, into shards of at most so many bytes; a larger tensor has a shard to itself. */
function cutShards(tensors: readonly TensorStream[], maxBytes: number): TensorStream[][] {
  const shards: TensorStream[][] = [];
  let held = Infinity;
  for (const tensor of tensors) {
    if (held + tensor.byteLength > maxBytes) {
      shards.push([]);
      held = 0;
    }
    shards.at(-1)!.push(tensor);
    held += tensor.byteLength;
  }
  return shards;
}

/**
 * Writes `model-00001-of-0000N.safetensors` … and `model.safetensors.index.json` into a folder, as Hugging Face does. At most a piece of a
 * tensor is in memory.
 *
 * @throws LociError `disk-full` or `not-writable`.
 */
export async function writeShards(
  folder: string,
  tensors: readonly TensorStream[],
  maxShardBytes: number,
): Promise<void> {
  const shards = cutShards(tensors, maxShardBytes);
  const count = (number: number) => String(number).padStart(5, '0');
  const weight_map: Record<string, string> = {};
  for (const [place, shard] of shards.entries()) {
    const file = `model-${count(place + 1)}-of-${count(shards.length)}.safetensors`;
    await writeFileAtomically(join(folder, file), fileBytes(shard, {}));
    for (const { name } of shard) weight_map[name] = file;
  }
  const total_size = tensors.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const index = { metadata: { total_size }, weight_map };
  await writeJsonAtomically(join(folder, 'model.safetensors.index.json'), index);
}
