import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parseModel, readModel, writeModelConfig } from '../../../src/models/index.ts';
import { parseConfig } from '../../../src/models/qwen2-5-vl/config.ts';
import { describeWith, parityFolder } from '../../support/parity-fixture.ts';
import { tinyConfigJson } from '../../support/tiny-config.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loci-config-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('model config', () => {
  test('what is written is read back', async () => {
    const model = parseModel(tinyConfigJson());
    await writeModelConfig(folder, model);
    const read = await readModel(folder);
    expect(read.configJson).toEqual(model.configJson);
    expect(parseConfig(read.configJson)).toEqual(parseConfig(tinyConfigJson()));
  });

  test('the nested form says the same as the flat one', () => {
    const { vision_config, rope_scaling, rope_theta, tie_word_embeddings, ...rest } =
      tinyConfigJson();
    const { model_type, image_token_id, video_token_id, ...text } = rest;
    const { vision_start_token_id, vision_end_token_id } = rest;
    const nested = {
      model_type,
      image_token_id,
      video_token_id,
      vision_start_token_id,
      vision_end_token_id,
      tie_word_embeddings,
      vision_config,
      text_config: { ...text, rope_parameters: { ...rope_scaling, rope_theta } },
    };
    expect(parseConfig(nested)).toEqual(parseConfig(tinyConfigJson()));
  });

  test.each([
    [{ hidden_size: 2.5 }, /config\.json.*"hidden_size"/],
    [{ model_type: 'llama' }, /"model_type"/],
    [{ num_attention_heads: 2.5 }, /"num_attention_heads"/],
    [{ rope_scaling: { type: 'mrope', mrope_section: [1, 1, 1] } }, /mrope_section \[1, 1, 1\]/],
    [{ num_key_value_heads: 3 }, /num_key_value_heads/],
    [{ quantization_config: { quant_method: 'awq' } }, /quantized weights/],
    [{ layer_types: ['sliding_attention'] }, /"layer_types.0"/],
    [{ hidden_act: 'gelu' }, /"hidden_act"/],
    [
      {
        vision_config: { ...tinyConfigJson().vision_config, rope_parameters: { rope_theta: 500 } },
      },
      /"vision_config.rope_parameters.rope_theta"/,
    ],
  ])('%j is refused by name', (change, message) => {
    const json = JSON.parse(JSON.stringify({ ...tinyConfigJson(), ...change }));
    expect(() => parseModel(json)).toThrow(message);
  });

  test('what transformers leaves out as its default is filled in', () => {
    const sparse = {
      model_type: 'qwen2_5_vl',
      text_config: {
        hidden_size: 2048,
        num_hidden_layers: 2,
        num_attention_heads: 16,
        intermediate_size: 11008,
        vocab_size: 151936,
        rope_scaling: { type: 'mrope', mrope_section: [16, 24, 24] },
        tie_word_embeddings: true,
      },
      vision_config: { hidden_size: 1280, out_hidden_size: 2048 },
    };
    const { text, vision, tokens } = parseConfig(sparse);
    expect(text).toMatchObject({
      kvHeads: 8,
      headDim: 128,
      ropeTheta: 1e6,
      rmsNormEps: 1e-5,
      tieWordEmbeddings: true,
      maxPositionEmbeddings: 32768,
    });
    expect(vision).toMatchObject({ depth: 32, heads: 16, intermediateSize: 3420, inChannels: 3 });
    expect(vision).toMatchObject({ windowSize: 112, fullAttentionBlocks: [7, 15, 23, 31] });
    expect(tokens).toEqual({
      image: 151655,
      video: 151656,
      visionStart: 151652,
      visionEnd: 151653,
      eos: [151645],
      pad: 151643,
      bos: 151643,
    });
  });

  test('a config that leaves out everything but the rotary sections is that of the class', () => {
    const { text, vision } = parseConfig({
      model_type: 'qwen2_5_vl',
      vision_config: { out_hidden_size: 8192 },
      rope_scaling: { type: 'mrope', mrope_section: [16, 24, 24] },
    });
    expect(text).toMatchObject({ hiddenSize: 8192, layers: 80, heads: 64, kvHeads: 8 });
    expect(text).toMatchObject({ intermediateSize: 29568, vocabularySize: 152064 });
    expect(vision).toMatchObject({ hiddenSize: 3584, depth: 32 });
  });

  test('the published 7B config as transformers 4.49 saves it is read', () => {
    const { text, vision } = parseConfig({
      model_type: 'qwen2_5_vl',
      hidden_size: 3584,
      intermediate_size: 18944,
      num_attention_heads: 28,
      num_hidden_layers: 28,
      num_key_value_heads: 4,
      rms_norm_eps: 1e-6,
      rope_scaling: { mrope_section: [16, 24, 24], rope_type: 'default', type: 'default' },
      vision_config: { hidden_size: 1280, in_chans: 3, tokens_per_second: 2 },
    });
    expect(vision.outHiddenSize).toBe(text.hiddenSize);
  });

  test('full attention is asked for in blocks that a shallow tower lacks, as the defaults do', () => {
    const json = tinyConfigJson();
    const vision = { ...json.vision_config, fullatt_block_indexes: undefined };
    const { fullAttentionBlocks, depth } = parseConfig({
      ...json,
      vision_config: vision,
    }).vision;
    expect([depth, fullAttentionBlocks]).toEqual([2, [7, 15, 23, 31]]);
  });

  test.each([
    [false, true, true],
    [true, false, true],
    [false, false, false],
    [undefined, true, true],
  ])('the head is tied where root (%s) or text (%s) says so: %s', (root, text, tied) => {
    const { vision_config, rope_scaling, model_type, ...rest } = tinyConfigJson();
    const json = {
      model_type,
      vision_config,
      ...(root === undefined ? {} : { tie_word_embeddings: root }),
      text_config: { ...rest, rope_scaling, tie_word_embeddings: text },
    };
    expect(parseConfig(json).text.tieWordEmbeddings).toBe(tied);
  });

  test('a file that is not JSON is named', async () => {
    await writeFile(join(folder, 'config.json'), '{');
    await expect(readModel(folder)).rejects.toThrow(join(folder, 'config.json'));
  });
});

describeWith(parityFolder)('the fixture', () => {
  test('flat and nested forms agree', async () => {
    const nested = JSON.parse(await readFile(join(parityFolder, 'config.nested.json'), 'utf8'));
    const flat = parseConfig((await readModel(parityFolder)).configJson);
    expect(parseConfig(nested)).toEqual(flat);
    expect(flat.text.headDim).toBe(16);
    expect(flat.tokens.video).toBe(508);
  });
});
