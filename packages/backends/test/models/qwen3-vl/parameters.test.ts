import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { parseAdapterConfig } from '../../../src/lora/adapter-config.ts';
import { ownTensorName, peftTensorName } from '../../../src/lora/module-names.ts';
import { selectLayers, tuningOf } from '../../../src/lora/select-layers.ts';
import { parseModel } from '../../../src/models/index.ts';
import { openModelCheckpoint } from '../../../src/weights/checkpoint-fit.ts';
import { openCheckpoint } from '../../../src/weights/safetensors.ts';
import { writeCheckpoint } from '../../../src/weights/safetensors-write.ts';
import { COUNTED, QWEN3_TINY, factsOf, publishedConfig } from '../../support/qwen3.ts';
import { temporaryFolder, writeTinyModel } from '../../support/tiny-model.ts';

const published = (model: (typeof COUNTED)[number]) =>
  parseModel(publishedConfig(model)).parameters;

describe('the parameters of a published model', () => {
  const facts =
    factsOf<
      Record<string, { parameters: number; tensors: number; lmHead: boolean; files: string[] }>
    >('facts/weights.json');

  test.each(COUNTED)('%s has as many as are stored', (name) => {
    const { all, head } = published(name);
    const count = all.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
    expect({
      parameters: count,
      tensors: all.length,
      lmHead: all.some((each) => each.name === head),
    }).toEqual({ ...facts[name], files: undefined });
    expect(new Set(all.map((each) => each.name)).size).toBe(all.length);
  });

  test('their names and shapes are those of the checkpoint', () => {
    const shapes = Object.fromEntries(
      published('4b-instruct').all.map(({ name, shape }) => [name, shape]),
    );
    const layer = 'model.language_model.layers.35';
    const block = 'model.visual.blocks.23';
    expect(shapes).toMatchObject({
      'model.language_model.embed_tokens.weight': [151936, 2560],
      [`${layer}.input_layernorm.weight`]: [2560],
      [`${layer}.post_attention_layernorm.weight`]: [2560],
      [`${layer}.self_attn.q_proj.weight`]: [4096, 2560],
      [`${layer}.self_attn.k_proj.weight`]: [1024, 2560],
      [`${layer}.self_attn.v_proj.weight`]: [1024, 2560],
      [`${layer}.self_attn.o_proj.weight`]: [2560, 4096],
      [`${layer}.self_attn.q_norm.weight`]: [128],
      [`${layer}.self_attn.k_norm.weight`]: [128],
      [`${layer}.mlp.gate_proj.weight`]: [9728, 2560],
      [`${layer}.mlp.up_proj.weight`]: [9728, 2560],
      [`${layer}.mlp.down_proj.weight`]: [2560, 9728],
      'model.language_model.norm.weight': [2560],
      'model.visual.patch_embed.proj.weight': [1024, 3, 2, 16, 16],
      'model.visual.patch_embed.proj.bias': [1024],
      'model.visual.pos_embed.weight': [2304, 1024],
      [`${block}.norm1.weight`]: [1024],
      [`${block}.norm2.bias`]: [1024],
      [`${block}.attn.qkv.weight`]: [3072, 1024],
      [`${block}.attn.qkv.bias`]: [3072],
      [`${block}.attn.proj.weight`]: [1024, 1024],
      [`${block}.mlp.linear_fc1.weight`]: [4096, 1024],
      [`${block}.mlp.linear_fc2.weight`]: [1024, 4096],
      'model.visual.merger.norm.weight': [1024],
      'model.visual.merger.linear_fc1.weight': [4096, 4096],
      'model.visual.merger.linear_fc2.weight': [2560, 4096],
      'model.visual.deepstack_merger_list.2.norm.bias': [4096],
      'model.visual.deepstack_merger_list.2.linear_fc1.bias': [4096],
      'model.visual.deepstack_merger_list.2.linear_fc2.weight': [2560, 4096],
    });
    const { all } = published('8b-instruct');
    expect(all.at(-1)).toEqual({ name: 'lm_head.weight', shape: [151936, 4096] });
    const { head, embedding, isHeadTied } = published('2b-instruct');
    expect([head, isHeadTied]).toEqual(['lm_head.weight', true]);
    expect(embedding).toBe('model.language_model.embed_tokens.weight');
  });

  test('biases of attention are among them where the config has them', () => {
    const json = publishedConfig();
    const text_config = { ...json.text_config, attention_bias: true };
    const { all } = parseModel({ ...json, text_config }).parameters;
    const biases = all.filter(({ name }) => /layers\.0\..*\.bias$/.test(name));
    expect(biases.map(({ shape }) => shape[0])).toEqual([2048, 1024, 1024, 2048]);
  });
});

/** Module paths with their numbers taken out. */
const kindsOf = (names: readonly string[]) => [
  ...new Set(names.map((name) => name.replace(/\.\d+\b/g, '.i'))),
];
const LANGUAGE = [
  ...['q', 'k', 'v', 'o'].map((name) => `model.language_model.layers.i.self_attn.${name}_proj`),
  ...['gate', 'up', 'down'].map((name) => `model.language_model.layers.i.mlp.${name}_proj`),
];
const VISION = [
  'model.visual.blocks.i.attn.qkv',
  'model.visual.blocks.i.attn.proj',
  'model.visual.blocks.i.mlp.linear_fc1',
  'model.visual.blocks.i.mlp.linear_fc2',
  'model.visual.merger.linear_fc1',
  'model.visual.merger.linear_fc2',
  'model.visual.deepstack_merger_list.i.linear_fc1',
  'model.visual.deepstack_merger_list.i.linear_fc2',
];

describe('what an adapter can train', () => {
  const parameters = published('8b-instruct');
  const adapter = (fields: object) =>
    parseAdapterConfig({ peft_type: 'LORA', r: 1, lora_alpha: 1, ...fields });
  const selected = (target_modules: string | string[], exclude_modules?: string) =>
    kindsOf(selectLayers(adapter({ target_modules, exclude_modules }), parameters));

  test('all-linear takes what PEFT takes, the head aside', () => {
    expect(selected('all-linear')).toEqual([...VISION, ...LANGUAGE]);
    expect(selected('all-linear', parameters.visionPattern)).toEqual(LANGUAGE);
    expect(kindsOf(parameters.linearLayers.map(({ name }) => name))).toEqual([
      ...VISION,
      ...LANGUAGE,
      'lm_head',
    ]);
  });

  test('the usual seven names are the decoder’s alone, and fc1 is that of blocks and mergers', () => {
    const usual = ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'];
    expect(selected(usual)).toEqual(LANGUAGE);
    expect(selected(['linear_fc1'])).toEqual(VISION.filter((name) => name.endsWith('fc1')));
    expect(selected(['proj'])).toEqual(['model.visual.blocks.i.attn.proj']);
    expect(selected(['qkv', 'visual.merger.linear_fc2'])).toHaveLength(2);
  });

  test('a merger is trained whole by its path, and that of the tower is not one of DeepStack', () => {
    const saved = (modules_to_save: string[]) =>
      tuningOf(adapter({ target_modules: ['q_proj'], modules_to_save }), parameters).parameters;
    expect(kindsOf(saved([parameters.exampleModule]))).toHaveLength(6);
    expect(saved(['visual.merger']).every((name) => name.startsWith('model.visual.merger.'))).toBe(
      true,
    );
    expect(saved(['deepstack_merger_list'])).toHaveLength(18);
  });
});

describe('names elsewhere', () => {
  const { parameters } = parseModel(publishedConfig('8b-instruct'));

  test.each([
    ['as published', ''],
    ['of PEFT', 'base_model.model.'],
  ])('%s are the module paths of transformers', (_, prefix) => {
    for (const { name } of parameters.all) {
      expect(parameters.publishedName(name)).toBe(name);
      expect(parameters.modulePath(name)).toBe(name);
      expect(ownTensorName(parameters, prefix + name)).toBe(name);
    }
    const own = 'model.visual.deepstack_merger_list.1.linear_fc2.lora_B.weight';
    expect(peftTensorName(parameters, own)).toBe(`base_model.model.${own}`);
    expect(ownTensorName(parameters, `base_model.model.${own}`)).toBe(own);
    const withName = own.replace('lora_B', 'lora_B.default');
    expect(ownTensorName(parameters, `base_model.model.${withName}`)).toBe(own);
  });

  test.each([
    ['inside vLLM', 'language_model.model.layers.3.mlp.up_proj', 'layers.3.mlp.up_proj'],
    ['of the base model', 'language_model.layers.3.mlp.up_proj', 'layers.3.mlp.up_proj'],
    ['of the base model', 'language_model.embed_tokens', 'embed_tokens'],
  ])('%s: %s', (_, elsewhere, own) => {
    expect(parameters.publishedName(elsewhere)).toBe(`model.language_model.${own}`);
  });

  test('of the tower and the head inside vLLM', () => {
    expect(parameters.publishedName('visual.blocks.0.attn.qkv')).toBe(
      'model.visual.blocks.0.attn.qkv',
    );
    expect(parameters.publishedName('language_model.lm_head.weight')).toBe('lm_head.weight');
    expect(parameters.isVision('model.visual.pos_embed.weight')).toBe(true);
    expect(parameters.isVision('model.language_model.norm.weight')).toBe(false);
  });

  test('the end of a name tells it from every other', () => {
    const ends = new Set(parameters.all.map(({ name }) => parameters.nameInTower(name)));
    expect(ends.size).toBe(parameters.all.length);
  });
});

describe('a checkpoint of a tied model', () => {
  const folder = temporaryFolder();
  afterAll(async () => (await folder).remove());

  /** The tiny model's tensors, renamed and with more beside them. */
  async function stored(
    rename: (name: string) => string,
    head?: (embedding: Float32Array) => Float32Array,
  ) {
    const { path } = await folder;
    const model = await writeTinyModel(join(path, 'model'), 1, {
      architecture: 'qwen3-vl',
      sizes: QWEN3_TINY,
    });
    const { all, embedding } = model.parameters;
    const source = await openCheckpoint(join(path, 'model'));
    const tensors = [];
    for (const { name, shape } of all) {
      tensors.push({ name: rename(name), shape, data: await source.readFloats(name) });
    }
    const { shape } = all.find(({ name }) => name === embedding)!;
    const data = await source.readFloats(embedding);
    if (head) tensors.push({ name: 'lm_head.weight', shape, data: head(data) });
    await source.close();
    const file = join(path, 'other.safetensors');
    await writeCheckpoint(file, tensors);
    const opened = await openModelCheckpoint(file, model.parameters);
    const found = await opened.readFloats(embedding);
    await opened.close();
    expect(found).toEqual(data);
  }

  test('may hold the head beside the embedding, when it is the same', async () => {
    await stored(
      (name) => name,
      (embedding) => embedding,
    );
    const other = stored(
      (name) => name,
      (embedding) => embedding.map((value) => value + 1),
    );
    await expect(other).rejects.toThrow(/"lm_head\.weight" holds other values/);
  });

  test('is read under the names of vLLM and of the base model', async () => {
    const base = (name: string) => name.slice('model.'.length);
    await stored(base);
    await stored((name) => base(name).replace(/^language_model\./, 'language_model.model.'));
    await expect(stored((name) => `module.${name}`)).rejects.toThrow(
      /the names begin with "module\."/,
    );
  });
});
