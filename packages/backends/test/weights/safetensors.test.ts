import { mkdtemp, open, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { narrowBfloat16, widenBfloat16, widenFloat16 } from '../../src/weights/half-floats.ts';
import { openCheckpoint } from '../../src/weights/safetensors.ts';
import type { TensorType } from '../../src/weights/safetensors-header.ts';
import { writeCheckpoint, writeShards } from '../../src/weights/safetensors-write.ts';
import { describeWith, parityFolder } from '../support/parity-fixture.ts';

let folder: string;
let file: string;
const tensors = [
  { name: 'a', shape: [2, 2], data: Float32Array.of(1, -2, 0.5, 1e-20) },
  { name: 'b', shape: [3], data: Int32Array.of(7, -8, 9) },
  { name: 'c', shape: [5], data: Uint8Array.of(1, 2, 3, 4, 255) },
];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loci-safetensors-'));
  file = join(folder, 'model.safetensors');
  await writeCheckpoint(file, tensors, { note: 'x' });
});
afterEach(() => rm(folder, { recursive: true }));

describe('checkpoints', () => {
  test('what is written is read back, from the file and from its folder', async () => {
    for (const path of [file, folder]) {
      const checkpoint = await openCheckpoint(path);
      expect([...checkpoint.entries.keys()]).toEqual(['a', 'b', 'c']);
      expect(checkpoint.metadata['note']).toBe('x');
      expect(checkpoint.entries.get('a')?.shape).toEqual([2, 2]);
      expect(await checkpoint.readFloats('a')).toEqual(tensors[0]!.data);
      expect(await checkpoint.readIntegers('b')).toEqual(tensors[1]!.data);
      expect(await checkpoint.readIntegers('c')).toEqual(tensors[2]!.data);
      await expect(checkpoint.readFloats('b')).rejects.toThrow(/"b" holds I32/);
      await expect(checkpoint.readFloats('z')).rejects.toThrow(/no tensor "z"/);
      await checkpoint.close();
    }
  });

  test('a sharded folder is read as one', async () => {
    const sharded = await mkdtemp(join(folder, 'sharded-'));
    await writeCheckpoint(join(sharded, 'one.safetensors'), tensors.slice(0, 1));
    await writeCheckpoint(join(sharded, 'two.safetensors'), tensors.slice(1));
    const weight_map = { a: 'one.safetensors', b: 'two.safetensors', c: 'two.safetensors' };
    await writeFile(join(sharded, 'model.safetensors.index.json'), JSON.stringify({ weight_map }));
    const checkpoint = await openCheckpoint(sharded);
    expect(await checkpoint.readFloats('a')).toEqual(tensors[0]!.data);
    expect(await checkpoint.readIntegers('c')).toEqual(tensors[2]!.data);
    await checkpoint.close();
  });

  test('shards that are written are read as one, in any of the floating types', async () => {
    const sharded = await mkdtemp(join(folder, 'written-'));
    const values = Float32Array.of(1, -2, 0.5, 1.0078125);
    const halves = [narrowBfloat16(values), Uint16Array.of(0x3c00, 0xc000, 0x3800, 0x3c08)];
    const raw: readonly (readonly [TensorType, Uint8Array])[] = [
      ['BF16', new Uint8Array(halves[0]!.buffer)],
      ['F16', new Uint8Array(halves[1]!.buffer)],
      ['F32', new Uint8Array(values.buffer)],
      ['F64', new Uint8Array(Float64Array.from(values).buffer)],
    ];
    const streams = raw.map(([type, bytes]) => ({
      name: type,
      shape: [2, 2],
      type,
      byteLength: bytes.length,
      bytes: () => [bytes.subarray(0, 5), bytes.subarray(5)],
    }));
    await writeShards(sharded, streams, 24);
    const files = ['00001', '00002', '00003'].map((n) => `model-${n}-of-00003.safetensors`);
    expect((await readdir(sharded)).sort()).toEqual([...files, 'model.safetensors.index.json']);
    const checkpoint = await openCheckpoint(sharded);
    for (const [type] of raw) expect(await checkpoint.readFloats(type)).toEqual(values);
    const target = new Float32Array(6);
    await checkpoint.readFloats('BF16', target.subarray(1, 5));
    expect([...target]).toEqual([0, ...values, 0]);
    await checkpoint.close();
  });

  test('a missing shard, and a tensor that no shard holds, are named', async () => {
    const sharded = await mkdtemp(join(folder, 'sharded-'));
    const index = join(sharded, 'model.safetensors.index.json');
    const promise = (weight_map: object) => writeFile(index, JSON.stringify({ weight_map }));
    await writeCheckpoint(join(sharded, 'one.safetensors'), tensors.slice(0, 1));
    await promise({ a: 'one.safetensors', b: 'two.safetensors' });
    await expect(openCheckpoint(sharded)).rejects.toThrow(/missing shards: .*two\.safetensors/);
    await promise({ a: 'one.safetensors', b: 'one.safetensors' });
    await expect(openCheckpoint(sharded)).rejects.toThrow(/do not hold: "b" \(.*one\.safetensors/);
  });

  test('a tensor in two shards is refused: which of them counts nobody can know', async () => {
    const sharded = await mkdtemp(join(folder, 'twins-'));
    await writeCheckpoint(join(sharded, 'one.safetensors'), tensors.slice(0, 2));
    await writeCheckpoint(join(sharded, 'two.safetensors'), tensors.slice(1));
    const weight_map = { a: 'one.safetensors', b: 'one.safetensors', c: 'two.safetensors' };
    await writeFile(join(sharded, 'model.safetensors.index.json'), JSON.stringify({ weight_map }));
    await expect(openCheckpoint(sharded)).rejects.toThrow(
      /same tensor.*: "b" \(.*one\.safetensors and .*two\.safetensors\)$/,
    );
  });

  test.each([
    ['version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n', /git lfs pull/],
    ['<!DOCTYPE html><title>404</title>', /begins with "<!DOCTYP": not a safetensors/],
  ])('a text in its place is told from a checkpoint: %j', async (text, message) => {
    await writeFile(file, text);
    await expect(openCheckpoint(file)).rejects.toThrow(message);
  });

  test('a header that cannot be right is told in a line', async () => {
    const bytes = await readFile(file);
    const length = Number(bytes.readBigUInt64LE(0));
    const header = JSON.parse(bytes.toString('utf8', 8, 8 + length)) as Record<string, object>;
    for (const [name, change, message] of [
      [
        'c',
        { dtype: 'F4' },
        /damaged: c dtype: "F4" is not supported: take the checkpoint in bfloat16$/,
      ],
      ['c', { data_offsets: [-1, 4] }, /damaged: c data_offsets 0: Too small.*>=0$/],
      ['b', { data_offsets: [8, 20] }, /damaged: "a" and "b" lie in the same bytes$/],
    ] as const) {
      const changed = { ...header, [name]: { ...header[name], ...change } };
      const text = Buffer.from(JSON.stringify(changed));
      const size = Buffer.alloc(8);
      size.writeBigUInt64LE(BigInt(text.length));
      await writeFile(file, Buffer.concat([size, text, bytes.subarray(8 + length)]));
      await expect(openCheckpoint(file)).rejects.toThrow(message);
    }
  });

  test('a folder in the place of weights, and what is not an index, are named', async () => {
    const own = await mkdtemp(join(folder, 'odd-'));
    const index = join(own, 'model.safetensors.index.json');
    await writeFile(index, JSON.stringify({ weight_map: { a: '.' } }));
    await expect(openCheckpoint(own)).rejects.toThrow(/is a folder, not a file/);
    await writeFile(index, '{}');
    await expect(openCheckpoint(own)).rejects.toThrow(/index\.json: .* no "weight_map"/);
    await writeFile(index, 'version https://git-lfs.github.com/spec/v1\n');
    await expect(openCheckpoint(own)).rejects.toThrow(/git lfs pull/);
  });

  test('pickled weights are named', async () => {
    const pickled = await mkdtemp(join(folder, 'pickled-'));
    await writeFile(join(pickled, 'pytorch_model.bin'), '');
    await expect(openCheckpoint(pickled)).rejects.toThrow(/pytorch_model\.bin\) are not supported/);
  });

  test('a tensor past the fourth gigabyte of a file is read', async () => {
    const hole = 4.5e9;
    const header = JSON.stringify({
      hole: { dtype: 'U8', shape: [hole], data_offsets: [0, hole] },
      far: { dtype: 'BF16', shape: [2], data_offsets: [hole, hole + 4] },
    });
    const large = join(folder, 'large.safetensors');
    const handle = await open(large, 'w');
    const length = new Uint8Array(new BigUint64Array([BigInt(header.length)]).buffer);
    await handle.write(Buffer.concat([length, Buffer.from(header)]));
    // What is not written takes no room on the disk.
    await handle.write(Uint8Array.of(0x80, 0x3f, 0x00, 0xc0), 0, 4, 8 + header.length + hole);
    await handle.close();
    const checkpoint = await openCheckpoint(large);
    expect([...(await checkpoint.readFloats('far'))]).toEqual([1, -2]);
    await checkpoint.close();
  });

  test('truncation anywhere gives one clear error', async () => {
    const { length } = await readFile(file);
    for (const size of [length - 1, 60, 8, 3, 0]) {
      await truncate(file, size);
      await expect(openCheckpoint(file)).rejects.toMatchObject({
        code: 'checkpoint-unreadable',
        message: expect.stringContaining(file),
      });
    }
  });

  test('a damaged header gives one clear error', async () => {
    const bytes = await readFile(file);
    bytes[9] = 0x7b;
    await writeFile(file, bytes);
    await expect(openCheckpoint(file)).rejects.toThrow(/header is damaged/);
  });

  test('a missing checkpoint and a folder without one are named', async () => {
    await expect(openCheckpoint(join(folder, 'nowhere'))).rejects.toThrow(/no such file/);
    await rm(file);
    await expect(openCheckpoint(folder)).rejects.toThrow(/holds neither/);
  });

  test('a failed write leaves nothing behind', async () => {
    const target = join(folder, 'bad.safetensors');
    const wrong = [{ name: 'a', shape: [3], data: Float32Array.of(1) }];
    await expect(writeCheckpoint(target, wrong)).rejects.toMatchObject({ code: 'not-writable' });
    await expect(openCheckpoint(target)).rejects.toThrow(/no such file/);
  });
});

test('half floats widen exactly', () => {
  expect([...widenBfloat16(Uint16Array.of(0x3f80, 0xc000, 0x7f80))]).toEqual([1, -2, Infinity]);
  expect([...widenFloat16(Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7c00, 0x3555))]).toEqual([
    1,
    -2,
    2 ** -24,
    Infinity,
    0.333251953125,
  ]);
  expect(widenFloat16(Uint16Array.of(0x7e00))[0]).toBeNaN();
  // Halfway between two bfloat16 goes to the even one.
  const near = Float32Array.of(1 + 2 ** -8, 1 + 3 * 2 ** -8, -(1 + 2 ** -8 + 2 ** -20), 0);
  expect([...narrowBfloat16(near)]).toEqual([0x3f80, 0x3f82, 0xbf81, 0]);
});

describeWith(parityFolder)('the fixture', () => {
  test('the bfloat16 shards hold the rounded float32 weights', async () => {
    const whole = await openCheckpoint(parityFolder);
    const shards = await openCheckpoint(join(parityFolder, 'sharded_bf16'));
    expect([...shards.entries.keys()].sort()).toEqual([...whole.entries.keys()].sort());
    for (const name of whole.entries.keys()) {
      const exact = await whole.readFloats(name);
      const rounded = await shards.readFloats(name);
      const worst = exact.reduce(
        (most, value, index) =>
          Math.max(most, Math.abs(value - rounded[index]!) / (Math.abs(value) + 1e-30)),
        0,
      );
      expect(worst).toBeLessThanOrEqual(2 ** -8);
    }
    await whole.close();
    await shards.close();
  });
});
