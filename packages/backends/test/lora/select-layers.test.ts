import { describe, expect, test } from '@jest/globals';
import { parseAdapterConfig } from '../../src/lora/adapter-config.ts';
import { adapterConfigJson } from '../../src/lora/adapter-json.ts';
import { freshTuning } from '../../src/lora/lora-options.ts';
import { tuningOf } from '../../src/lora/select-layers.ts';
import { parseModel } from '../../src/models/index.ts';
import { lowRankScale } from '../../src/ops/tuning.ts';
import { tinyConfigJson } from '../support/tiny-config.ts';

/** Two layers, two vision blocks, a head of its own. */
const tiny = parseModel({ ...tinyConfigJson(), tie_word_embeddings: false });
const names = tiny.parameters;
const tied = parseModel(tinyConfigJson());

const adapter = (change: object) =>
  parseAdapterConfig({ peft_type: 'LORA', r: 8, lora_alpha: 16, ...change });
const selected = (change: object) => Object.keys(tuningOf(adapter(change), names).lowRank);

const TEXT = ['self_attn.q_proj', 'self_attn.k_proj', 'self_attn.v_proj', 'self_attn.o_proj'];
const inLayers = (...names: string[]) =>
  [0, 1].flatMap((layer) => names.map((name) => `model.layers.${layer}.${name}`));
const inBlocks = (...names: string[]) =>
  [0, 1].flatMap((block) => names.map((name) => `visual.blocks.${block}.${name}`));

describe('what PEFT would adapt', () => {
  test.each([
    ['ends of names', { target_modules: ['q_proj'] }, inLayers('self_attn.q_proj')],
    [
      'a name that both towers have',
      { target_modules: ['up_proj'] },
      [...inBlocks('mlp.up_proj'), ...inLayers('mlp.up_proj')],
    ],
    ['no part of a component', { target_modules: ['proj'] }, inBlocks('attn.proj')],
    [
      'a whole name of either spelling',
      { target_modules: ['model.language_model.layers.1.mlp.up_proj', 'visual.merger.mlp.0'] },
      ['visual.merger.mlp.0', 'model.layers.1.mlp.up_proj'],
    ],
    [
      'an expression, which must match the whole name',
      { target_modules: '.*language_model.*\\.(q|k)_proj' },
      inLayers('self_attn.q_proj', 'self_attn.k_proj'),
    ],
    [
      'an expression in the older spelling',
      { target_modules: 'model\\.layers\\.1\\..*attn.*' },
      TEXT.map((name) => `model.layers.1.${name}`),
    ],
    [
      'all linear layers but the head',
      { target_modules: 'all-linear' },
      names.linearLayers.map(({ name }) => name).filter((name) => name !== 'lm_head'),
    ],
    ['the head by name', { target_modules: ['lm_head'] }, ['lm_head']],
    [
      'what is excluded is left out, in either spelling',
      { target_modules: 'all-linear', exclude_modules: 'model\\.visual.*|.*mlp.*' },
      inLayers(...TEXT),
    ],
    [
      'some layers',
      { target_modules: ['v_proj'], layers_to_transform: [1, 7] },
      ['model.layers.1.self_attn.v_proj'],
    ],
    [
      'layers of a list by name',
      { target_modules: ['gate_proj'], layers_to_transform: 0, layers_pattern: 'blocks' },
      ['visual.blocks.0.mlp.gate_proj'],
    ],
    [
      'modules that are trained whole have no factors',
      { target_modules: ['mlp.0', 'q_proj'], modules_to_save: ['merger'] },
      inLayers('self_attn.q_proj'),
    ],
  ])('%s', (_, change, expected) => {
    expect(selected(change).sort()).toEqual([...expected].sort());
  });

  test('ranks and scales follow the first pattern that a name ends in', () => {
    const { lowRank, rankStabilised } = tuningOf(
      adapter({
        target_modules: ['q_proj', 'v_proj', 'down_proj'],
        use_rslora: true,
        rank_pattern: { 'layers\\.1\\.self_attn\\.q_proj': 3, '(q|v)_proj': 4 },
        alpha_pattern: { down_proj: 5 },
      }),
      names,
    );
    const {
      [`model.layers.0.self_attn.q_proj`]: first,
      [`model.layers.1.self_attn.q_proj`]: second,
    } = lowRank;
    expect([first, second]).toEqual([
      { rank: 4, alpha: 16 },
      { rank: 3, alpha: 16 },
    ]);
    const down = lowRank['model.layers.0.mlp.down_proj']!;
    expect(lowRankScale(down, rankStabilised)).toBeCloseTo(5 / Math.sqrt(8), 12);
    expect(lowRankScale(down, false)).toBe(5 / 8);
  });

  test.each([
    [
      tiny,
      { target_modules: ['q_prj'] },
      /target_modules.*q_prj selects no linear layer.*; there are .*q_proj/,
    ],
    [tiny, { target_modules: '(' }, /target_modules/],
    [tiny, { target_modules: ['embed_tokens'] }, /target_modules.*trained whole/],
    [tied, { target_modules: ['lm_head', 'q_proj'] }, /target_modules.*tie_word_embeddings/],
    [
      tied,
      { target_modules: ['q_proj'], modules_to_save: ['embed_tokens'] },
      /modules_to_save.*tie/,
    ],
  ])('what cannot be adapted is refused: case %#', (model, change, message) => {
    expect(() => tuningOf(adapter(change), model.parameters)).toThrow(
      expect.objectContaining({ code: 'adapter-config', message: expect.stringMatching(message) }),
    );
  });
});

describe('what is written', () => {
  const layers = names.linearLayers.map(({ name }) => name);
  const some = (keep: (index: number) => boolean) =>
    Object.fromEntries(
      layers.flatMap((name, index) =>
        keep(index) ? [[name, { rank: 1 + (index % 3), alpha: 2 + (index % 2) }]] : [],
      ),
    );
  const merger = names.all
    .map(({ name }) => name)
    .filter((name) => name.startsWith('visual.merger.'));

  test.each([
    ['every layer', { lowRank: some(() => true), parameters: [] }],
    ['every other layer', { lowRank: some((index) => index % 2 === 0), parameters: [] }],
    ['every third', { lowRank: some((index) => index % 3 === 1), parameters: [] }],
    ['the language model', { lowRank: some((index) => index > 9), parameters: [] }],
    ['a module trained whole', { lowRank: some((index) => index > 20), parameters: merger }],
    [
      'modules within modules',
      {
        lowRank: some((index) => index > 20),
        parameters: ['visual.merger.ln_q.weight', 'model.norm.weight'],
      },
    ],
  ])('selects the same again: %s', (_, part) => {
    const tuning = { ...part, rankStabilised: true };
    const json = adapterConfigJson({ model: tiny, tuning }, '/models/base');
    const read = tuningOf(parseAdapterConfig(JSON.parse(JSON.stringify(json))), names);
    expect(read).toEqual(tuning);
  });

  test('short names where they will do', () => {
    const tuning = tuningOf(adapter({ target_modules: ['q_proj', 'qkv', 'mlp.0'] }), names);
    const { target_modules } = adapterConfigJson({ model: tiny, tuning }, 'base');
    expect(target_modules).toEqual(['qkv', 'mlp.0', 'q_proj']);
  });
});

describe('options of a new adapter that would change nothing', () => {
  test.each([
    [
      { modules: ['q_proj', 'w_proj'] },
      /^policy\.lora\.modules: w_proj selects no linear layer; there/,
    ],
    [
      { modules: ['qkv'] },
      /modules: qkv is only in the vision tower.*policy\.lora\.vision to true/,
    ],
    [{ layers: [0, 7] }, /layers: there is no layer 7; layers are 0 to 1$/],
    [{ layers: [7] }, /layers: there is no layer 7/],
    [{ rankPattern: { q_prj: 3 } }, /rankPattern: no layer .* ends in q_prj/],
    [{ alphaPattern: { '(': 3 } }, /alphaPattern: \( is not a regular expression/],
    [{ modulesToSave: ['vision.merger'] }, /modulesToSave: the model has no module vision\.merger/],
  ])('%j', (settings, message) => {
    expect(() => freshTuning(settings, tiny)).toThrow(message);
  });

  test('the head of a model that has none of its own is named for what it is', () => {
    expect(() => freshTuning({ modulesToSave: ['lm_head'] }, tied)).toThrow(
      /modulesToSave: lm_head has no weights of its own: .*tie_word_embeddings.*remove lm_head and/,
    );
  });

  test('those that do something are let through', () => {
    const settings = {
      modules: ['self_attn.q_proj', 'attn.qkv'],
      vision: true,
      layers: [1],
      rankPattern: { 'layers.1.self_attn.q_proj': 2, qkv: 3 },
      modulesToSave: ['visual.merger'],
    };
    expect(Object.keys(freshTuning(settings, tiny).lowRank)).toHaveLength(2);
  });
});
