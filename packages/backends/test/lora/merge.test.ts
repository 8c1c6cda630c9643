import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { adapterStore, openAdapter, readAdapter } from '../../src/lora/adapter-folder.ts';
import { freshTuning } from '../../src/lora/lora-options.ts';
import { addLowRank, mergeAdapter } from '../../src/lora/merge.ts';
import { narrowBfloat16, widenBfloat16 } from '../../src/weights/half-floats.ts';
import { parseModel, readModel } from '../../src/models/index.ts';
import { narrowFloat16 } from '../../src/weights/narrow-float16.ts';
import { writeShards } from '../../src/weights/safetensors-write.ts';
import { openCheckpoint } from '../../src/weights/safetensors.ts';
import { openTuning } from '../../src/engine/open-tuning.ts';
import { randomFloats } from '../support/gradient-check.ts';
import { describeWith, parityFolder } from '../support/parity-fixture.ts';
import { temporaryFolder, writeTinyModel } from '../support/tiny-model.ts';

const folder = await temporaryFolder();
const at = (name: string) => join(folder.path, name);
afterAll(folder.remove);

/** Whether two arrays hold the same bits; `toEqual` takes seconds for a model. */
function sameFloats(a: Float32Array, b: Float32Array): boolean {
  return Buffer.compare(Buffer.from(a.buffer), Buffer.from(b.buffer)) === 0;
}

test('the product of the factors is added to the weight', () => {
  const weight = Float32Array.of(1, 2, 3, 4, 5, 6);
  addLowRank(weight, Float32Array.of(1, 0, 2, -1), Float32Array.of(1, 2, 3, 4, 5, 6), 2, 0.5);
  // B·A = [[1, 2, 3], [2·1 − 4, 2·2 − 5, 2·3 − 6]]
  expect([...weight]).toEqual([1.5, 3, 4.5, 3, 4.5, 6]);
});

describe('a model of one file', () => {
  const model = at('model');

  test('undoing a merge gives the base back but for rounding', async () => {
    const base = await writeTinyModel(model);
    await writeFile(join(model, 'optimizer.safetensors'), 'not part of a model');
    const { tuning, trained, store } = await openTuning(model, base, { lora: { rank: 3 } });
    expect(tuning).toBeDefined();
    await store.save(at('adapter'), randomFloats(trained.length, 1));
    const request = { adapter: at('adapter'), model, to: at('merged') };
    const weights: string[] = [];
    const { layers } = await mergeAdapter(request, (name) => weights.push(name));
    expect(weights).toHaveLength(layers);
    const undo = { ...request, model: at('merged'), to: at('undone'), undo: true };
    await mergeAdapter(undo);
    const [before, merged, after] = await Promise.all(
      [model, at('merged'), at('undone')].map(openCheckpoint),
    );
    // Twice rounded, at the size of the merged weight and at its own.
    const bound = (weight: number, other: number) =>
      2 ** -24 * (Math.abs(weight) + 2 * Math.abs(other));
    let moved = 0;
    for (const name of before!.entries.keys()) {
      const [x, y, z] = await Promise.all(
        [before!, merged!, after!].map((checkpoint) => checkpoint.readFloats(name)),
      );
      const off = x!.some((value, i) => Math.abs(z![i]! - value) > bound(value, y![i]!));
      expect({ name, off }).toEqual({ name, off: false });
      if (y!.some((value, i) => value !== x![i])) moved++;
    }
    expect(moved).toBe(layers);
    for (const checkpoint of [before, merged, after]) await checkpoint!.close();
    const files = (await readdir(model)).filter((name) => name !== 'optimizer.safetensors');
    expect(await readdir(at('undone'))).toEqual([...files, 'merged_adapters.json'].sort());
  });

  test('an adapter goes in once and comes out once', async () => {
    const [request, undo] = [false, true].map((undone) => ({
      adapter: at('adapter'),
      model: at(undone ? 'undone' : 'merged'),
      to: at('again'),
      undo: undone,
    }));
    await expect(mergeAdapter(request!)).rejects.toMatchObject({
      code: 'bad-merge',
      message: expect.stringMatching(/adapter is already merged into /),
    });
    await expect(mergeAdapter(undo!)).rejects.toThrow(/adapter is not merged into .*undone/);
    // Of a model that was merged elsewhere nothing is known.
    const { isRecorded } = await mergeAdapter({ ...undo!, model });
    expect(isRecorded).toBe(false);
  });

  test('a folder with files is not replaced', async () => {
    await mkdir(at('mine'));
    await writeFile(join(at('mine'), 'notes.txt'), 'mine');
    for (const to of [at('mine'), join(at('mine'), 'notes.txt')]) {
      await expect(mergeAdapter({ model, adapter: at('adapter'), to })).rejects.toMatchObject({
        code: 'folder-not-empty',
      });
    }
    expect(await readFile(join(at('mine'), 'notes.txt'), 'utf8')).toBe('mine');
  });

  test('an adapter of another base, or of another rank than it says, is refused', async () => {
    const other = await readModel(model);
    const wide = parseModel({ ...other.configJson, intermediate_size: 32 });
    const lora = { rank: 2, modules: ['up_proj'] };
    const tuning = freshTuning(lora, wide);
    const size = 2 * 2 * (32 + other.decoder.hiddenSize);
    const store = adapterStore({ model: wide, tuning }, model);
    await store.save(at('foreign'), randomFloats(size, 1));
    const request = { model, adapter: at('foreign'), to: at('nowhere') };
    await expect(mergeAdapter(request)).rejects.toMatchObject({
      code: 'checkpoint-mismatch',
      message: expect.stringMatching(
        /foreign.*lora_B\.weight" is \[32, 2\] and should be \[24, 2\]/,
      ),
    });
    await expect(readdir(at('nowhere'))).rejects.toThrow();
  });

  test('a sum that is too large for the type of the weights is refused', async () => {
    const half = at('half');
    await mkdir(half);
    await copyFile(join(model, 'config.json'), join(half, 'config.json'));
    const base = await openCheckpoint(model);
    const tensors = await Promise.all(
      [...base.entries.values()].map(async ({ name, shape }) => {
        const bytes = new Uint8Array(narrowFloat16(await base.readFloats(name)).buffer);
        return {
          name,
          shape,
          type: 'F16' as const,
          byteLength: bytes.length,
          bytes: () => [bytes],
        };
      }),
    );
    await base.close();
    await writeShards(half, tensors, 1e9);
    const { trained, store } = await openTuning(half, await readModel(half), {
      lora: { rank: 1, modules: ['q_proj'] },
    });
    await store.save(at('huge'), trained.fill(300));
    await expect(
      mergeAdapter({ model: half, adapter: at('huge'), to: at('nowhere') }),
    ).rejects.toThrow(/would hold Infinity, for 17\d{4}.* is too large for F16/);
  });

  test('a folder is not merged into itself, and whole modules are not taken out', async () => {
    const base = await readModel(model);
    const lora = { rank: 1, modulesToSave: ['visual.merger'] };
    const { trained, store } = await openTuning(model, base, { lora });
    await store.save(at('whole'), trained);
    const request = { model, adapter: at('whole'), to: at('other') };
    for (const change of [{ to: model }, { to: at('whole') }, { undo: true }]) {
      await expect(mergeAdapter({ ...request, ...change })).rejects.toMatchObject({
        code: 'bad-merge',
      });
    }
    await expect(readdir(at('other'))).rejects.toThrow();
  });
});

describeWith(parityFolder)('the reference adapter', () => {
  const adapter = join(parityFolder, 'lora');

  test('goes into shards in the type that they hold, and touches nothing else', async () => {
    const model = at('sharded');
    await mkdir(model);
    await copyFile(join(parityFolder, 'config.json'), join(model, 'config.json'));
    const shards = join(parityFolder, 'sharded_bf16');
    for (const name of await readdir(shards)) await copyFile(join(shards, name), join(model, name));
    const summary = await mergeAdapter({ model, adapter, to: at('merged-shards') });
    expect(summary).toMatchObject({ layers: 21, replaced: 0, types: ['BF16'] });
    const files = [...(await readdir(model)), 'merged_adapters.json'].sort();
    expect(await readdir(at('merged-shards'))).toEqual(files);
    const { tuned } = await openAdapter(adapter, await readModel(model));
    const [before, after] = [
      await openCheckpoint(model),
      await openCheckpoint(at('merged-shards')),
    ];
    const factors = await openCheckpoint(join(adapter, 'adapter_model.safetensors'));
    for (const name of before.entries.keys()) {
      const weight = await before.readFloats(name);
      const layer = name.slice(0, -'.weight'.length);
      const lowRank = tuned.tuning.lowRank[layer];
      if (lowRank) {
        const path = `base_model.model.${layer.replace('model.', 'model.language_model.')}`;
        const [a, b] = await Promise.all(
          ['A', 'B'].map((factor) => factors.readFloats(`${path}.lora_${factor}.weight`)),
        );
        addLowRank(weight, b!, a!, lowRank.rank, lowRank.alpha / lowRank.rank);
      }
      const expected = widenBfloat16(narrowBfloat16(weight));
      const found = await after.readFloats(name);
      expect({ name, same: sameFloats(found, expected) }).toEqual({ name, same: true });
    }
    for (const checkpoint of [before, after, factors]) await checkpoint.close();
  });

  test('read and written again it holds the same bytes under the same names', async () => {
    const { tuned } = await openAdapter(adapter, await readModel(parityFolder));
    const { weights } = await readAdapter(adapter, tuned);
    await adapterStore(tuned, parityFolder).save(at('copy'), weights);
    const file = (path: string) => openCheckpoint(join(path, 'adapter_model.safetensors'));
    const [original, copy] = [await file(adapter), await file(at('copy'))];
    expect([...copy.entries.keys()].sort()).toEqual([...original.entries.keys()].sort());
    for (const name of original.entries.keys()) {
      const [found, expected] = [await copy.readFloats(name), await original.readFloats(name)];
      expect({ name, same: sameFloats(found, expected) }).toEqual({ name, same: true });
    }
    await Promise.all([original.close(), copy.close()]);
    const json: unknown = JSON.parse(
      await readFile(join(at('copy'), 'adapter_config.json'), 'utf8'),
    );
    expect(json).toMatchObject({ r: 4, lora_alpha: 8, use_rslora: false, modules_to_save: null });
    const copied = await openAdapter(at('copy'), await readModel(parityFolder));
    expect(copied.tuned.tuning).toEqual(tuned.tuning);
  });
});
