/** The model that a recipe starts from: copied whole, or with the vision tower of another. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import {
  architectureNamed,
  buildWordTokenizer,
  openCheckpoint,
  readModel,
  writeFreshModel,
} from '@loci/backends';
import { copyBaseModel } from '../../src/pretrain/base-model.ts';
import { phaseFactor, START_SIZES, stepsTaken } from '../../src/pretrain/recipe.ts';
import { startFrames } from '../../src/pretrain/start-frames.ts';

const asIs = (path: string): string => path;
const folder = (): string => mkdtempSync(join(tmpdir(), 'loci-base-'));
const sha256 = (model: string): string =>
  createHash('sha256')
    .update(readFileSync(join(model, 'model.safetensors')))
    .digest('hex');

/** A fresh model of the start model's sizes, or with another depth of the tower. */
async function fresh(seed: number, depth = START_SIZES.vision.depth): Promise<string> {
  const out = folder();
  await writeFreshModel(out, {
    architecture: architectureNamed('qwen2-5-vl'),
    sizes: { ...START_SIZES, vision: { ...START_SIZES.vision, depth } },
    tokenizer: buildWordTokenizer({ texts: ['where is the sofa'] }),
    frames: startFrames,
    seed,
  });
  return out;
}

async function tensorsOf(model: string): Promise<ReadonlyMap<string, Float32Array>> {
  const checkpoint = await openCheckpoint(model);
  const tensors = new Map<string, Float32Array>();
  for (const [name, { shape }] of checkpoint.entries) {
    const data = new Float32Array(shape.reduce((size, length) => size * length, 1));
    await checkpoint.readFloats(name, data);
    tensors.set(name, data);
  }
  await checkpoint.close();
  return tensors;
}

describe('a base with the vision tower of another model', () => {
  let [base, tower] = ['', ''];
  beforeAll(async () => {
    [base, tower] = [await fresh(1), await fresh(2)];
  });

  test('has the tower of the one and all else of the other', async () => {
    const out = folder();
    const vision = { model: tower, sha256: sha256(tower) };
    const model = await copyBaseModel({ model: base, sha256: sha256(base), vision }, asIs, out);
    const [made, own, other] = [
      await tensorsOf(out),
      await tensorsOf(base),
      await tensorsOf(tower),
    ];
    expect([...made.keys()]).toEqual([...own.keys()]);
    const names = [...made.keys()];
    expect(names.filter((name) => model.parameters.isVision(name)).length).toBeGreaterThan(10);
    for (const name of names) {
      const from = model.parameters.isVision(name) ? other : own;
      expect(made.get(name)).toEqual(from.get(name));
    }
    expect((await readModel(out)).configJson).toEqual(model.configJson);
  });

  test('names the hash of a tower that is another one, and the tensor of one of another shape', async () => {
    const start = { model: base, sha256: sha256(base) };
    const wrong = { model: tower, sha256: '0'.repeat(64) };
    await expect(copyBaseModel({ ...start, vision: wrong }, asIs, folder())).rejects.toThrow(
      'name that model in base.vision.model',
    );
    const shallow = await fresh(3, 1);
    const other = { model: shallow, sha256: sha256(shallow) };
    await expect(copyBaseModel({ ...start, vision: other }, asIs, folder())).rejects.toThrow(
      /has no "visual\.blocks\.1\..*name a model of the same shape/,
    );
    const none = { model: join(base, 'nothing'), sha256: '' };
    await expect(copyBaseModel({ ...start, vision: none }, asIs, folder())).rejects.toThrow(
      'has no model.safetensors',
    );
  });
});

test('a phase that ends early has the learning rate of the whole one', () => {
  const whole = { steps: 1000, batch: 8, learningRate: 1e-3 };
  const early = { ...whole, until: 700 };
  expect([stepsTaken(whole), stepsTaken(early)]).toEqual([1000, 700]);
  for (const step of [0, 60, 699]) expect(phaseFactor(step, early)).toBe(phaseFactor(step, whole));
});
