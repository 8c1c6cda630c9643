import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { writeCheckpoint } from '../../src/weights/safetensors-write.ts';
import type { TensorToWrite } from '../../src/weights/safetensors-write.ts';
import { openModelCheckpoint } from '../../src/weights/checkpoint-fit.ts';
import { parseModel } from '../../src/models/index.ts';
import { tinyConfigJson } from '../support/tiny-config.ts';
import { temporaryFolder } from '../support/tiny-model.ts';

const embedding = { name: 'model.embed_tokens.weight', shape: [2, 2] };
const norm = { name: 'model.norm.weight', shape: [2] };
const patch = { name: 'visual.patch_embed.proj.weight', shape: [2, 1] };
const parameters = [embedding, norm, patch];
// A model of three parameters, under the names of Qwen2.5-VL.
const names = { ...parseModel(tinyConfigJson()).parameters, all: parameters };

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

let files = 0;
async function fit(
  tensors: readonly Omit<TensorToWrite, 'data'>[],
  fill = (name: string) => name.length,
) {
  const file = join(folder.path, `${files++}.safetensors`);
  await writeCheckpoint(
    file,
    tensors.map(({ name, shape }) => ({
      name,
      shape,
      data: new Float32Array(shape.reduce((product, side) => product * side, 1)).fill(fill(name)),
    })),
  );
  const checkpoint = await openModelCheckpoint(file, names);
  try {
    const values = await checkpoint.readFloats(patch.name);
    return { names: [...checkpoint.entries.keys()], values: [...values] };
  } finally {
    await checkpoint.close();
  }
}

describe('a checkpoint against a config', () => {
  test('fits under published names, and under those of nested modules', async () => {
    const names = parameters.map(({ name }) => name);
    expect((await fit(parameters)).names).toEqual(names);
    const nested = [
      { ...embedding, name: 'model.language_model.embed_tokens.weight' },
      { ...norm, name: 'model.language_model.norm.weight' },
      { ...patch, name: 'model.visual.patch_embed.proj.weight' },
    ];
    const { length } = 'model.visual.patch_embed.proj.weight';
    expect(await fit(nested)).toEqual({ names, values: [length, length] });
  });

  test('what is missing, surplus or of another shape is listed by name', async () => {
    const tensors = [
      { ...embedding, shape: [4, 1] },
      patch,
      { name: 'model.layers.7.input_layernorm.weight', shape: [2] },
      { name: 'score.weight', shape: [1] },
    ];
    await expect(fit(tensors)).rejects.toMatchObject({
      code: 'checkpoint-mismatch',
      message: expect.stringMatching(
        new RegExp(
          'safetensors: the checkpoint does not fit its config\\. missing \\(1\\): "model\\.norm\\.weight"; ' +
            'surplus \\(2\\): "model\\.layers\\.7\\.input_layernorm\\.weight", "score\\.weight"; ' +
            'of another shape \\(1\\): "model\\.embed_tokens\\.weight" is \\[4, 1\\] and should be \\[2, 2\\]$',
        ),
      ),
      details: { missing: ['"model.norm.weight"'] },
    });
  });

  test('what wraps all names is said, and one parameter under two names is refused', async () => {
    const wrapped = parameters.map((each) => ({ ...each, name: `base_model.model.${each.name}` }));
    await expect(fit(wrapped)).rejects.toThrow(/the names begin with "base_model\.model\."/);
    const twin = { ...norm, name: 'model.language_model.norm.weight' };
    await expect(fit([...parameters, twin])).rejects.toThrow(
      /"model\.norm\.weight" and "model\.language_model\.norm\.weight", two names of one parameter/,
    );
  });

  test('a weight that is no number is refused by name', async () => {
    for (const value of [Infinity, NaN]) {
      await expect(
        fit(parameters, (name) => (name === patch.name ? value : 1)),
      ).rejects.toMatchObject({
        code: 'checkpoint-unreadable',
        message: expect.stringMatching(
          new RegExp(`"visual\\.patch_embed\\.proj\\.weight" holds ${value} \\(value 0, F32\\)`),
        ),
      });
    }
  });

  test('tables that are computed here may be stored', async () => {
    const table = { name: 'visual.rotary_pos_emb.inv_freq', shape: [1] };
    expect((await fit([...parameters, table])).names).toHaveLength(4);
  });

  test('the head of a tied model may be stored, with the values of the embedding', async () => {
    const head = { name: 'lm_head.weight', shape: [2, 2] };
    await expect(fit([...parameters, head], () => 1)).resolves.toBeDefined();
    await expect(fit([...parameters, head])).rejects.toThrow(/"tie_word_embeddings" to false/);
  });
});
