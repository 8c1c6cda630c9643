import { describe, expect, test } from '@jest/globals';
import { parseModel } from '../../../src/models/index.ts';
import { configJson, parseConfig } from '../../../src/models/qwen3-vl/config.ts';
import { PUBLISHED, publishedConfig } from '../../support/qwen3.ts';
import type { ConfigJson } from '../../support/qwen3.ts';

const published = publishedConfig();

/** The 2B config with some keys of its parts changed. */
function changed({ text = {}, vision = {}, ...root }: Partial<Record<string, object>>): ConfigJson {
  return JSON.parse(
    JSON.stringify({
      ...published,
      ...root,
      text_config: { ...published.text_config, ...text },
      vision_config: { ...published.vision_config, ...vision },
    }),
  ) as ConfigJson;
}

/** As transformers 5 writes it: one rotary object with the base inside, no pad token, a rotary object for the tower too. */
function asWrittenByFive(): ConfigJson {
  const { rope_scaling, rope_theta, ...text } = published.text_config;
  const rope_parameters = { ...(rope_scaling as object), rope_theta };
  return changed({
    text: {
      ...text,
      rope_parameters,
      rope_scaling: undefined!,
      rope_theta: undefined!,
      pad_token_id: null!,
    },
    vision: {
      model_type: 'qwen3_vl_vision' as never,
      rope_parameters: { rope_theta: 10000, rope_type: 'axial' },
    },
  });
}

describe('a published config', () => {
  test.each(PUBLISHED)('of %s is read, and read back as it is written', (name) => {
    const json = publishedConfig(name);
    const config = parseConfig(json);
    const { text_config: text, vision_config: vision } = json;
    expect(config.text).toEqual({
      hiddenSize: text['hidden_size'],
      layers: text['num_hidden_layers'],
      heads: text['num_attention_heads'],
      kvHeads: 8,
      headDim: 128,
      intermediateSize: text['intermediate_size'],
      vocabularySize: 151936,
      rmsNormEps: 1e-6,
      ropeTheta: 5e6,
      mropeSection: [24, 20, 20],
      attentionBias: false,
      tieWordEmbeddings: json['tie_word_embeddings'],
      maxPositionEmbeddings: 262144,
    });
    expect(config.vision).toMatchObject({
      depth: vision['depth'],
      hiddenSize: vision['hidden_size'],
      intermediateSize: vision['intermediate_size'],
      outHiddenSize: text['hidden_size'],
      positionSide: 48,
      deepstackBlocks: vision['deepstack_visual_indexes'],
    });
    expect(config.tokens).toEqual({
      image: 151655,
      video: 151656,
      visionStart: 151652,
      visionEnd: 151653,
      eos: [151645],
      pad: 151643,
      bos: 151643,
    });
    const written = JSON.parse(JSON.stringify(configJson(config))) as ConfigJson;
    expect(parseConfig(written)).toEqual(config);
    expect(parseModel(written).configJson).toEqual(parseModel(json).configJson);
    // All that is written is as published; a pad token and the tie are written where they were left out.
    expect(vision).toMatchObject(written.vision_config);
    const added = { pad_token_id: 151643, tie_word_embeddings: json['tie_word_embeddings'] };
    expect({ ...text, ...added }).toMatchObject(written.text_config);
  });

  test('as transformers 5 spells it is the same', () => {
    expect(parseConfig(asWrittenByFive())).toEqual(parseConfig(published));
  });

  test.each([
    [true, undefined, true],
    [undefined, true, true],
    [true, false, true],
    [false, true, true],
    [false, false, false],
    [undefined, undefined, false],
  ])('root (%s) and text (%s) tie the head: %s; it is written at both', (root, text, tied) => {
    const json = changed({
      tie_word_embeddings: root as never,
      text: { tie_word_embeddings: text },
    });
    const config = parseConfig(json);
    expect(config.text.tieWordEmbeddings).toBe(tied);
    const written = configJson(config) as unknown as ConfigJson;
    expect(written['tie_word_embeddings']).toBe(tied);
    expect(written.text_config['tie_word_embeddings']).toBe(tied);
  });

  test('what it leaves out is what the classes of transformers assume', () => {
    const { text, vision, tokens } = parseConfig({
      model_type: 'qwen3_vl',
      text_config: { rope_scaling: {}, rope_theta: 1e6 },
      vision_config: { out_hidden_size: 4096 },
    });
    expect(text).toEqual({
      hiddenSize: 4096,
      layers: 32,
      heads: 32,
      kvHeads: 32,
      headDim: 128,
      intermediateSize: 22016,
      vocabularySize: 151936,
      rmsNormEps: 1e-6,
      ropeTheta: 1e6,
      mropeSection: [24, 20, 20],
      attentionBias: false,
      tieWordEmbeddings: false,
      maxPositionEmbeddings: 128000,
    });
    expect(vision).toEqual({
      depth: 27,
      hiddenSize: 1152,
      intermediateSize: 4304,
      heads: 16,
      inChannels: 3,
      outHiddenSize: 4096,
      patchSize: 16,
      spatialMergeSize: 2,
      temporalPatchSize: 2,
      positionSide: 48,
      deepstackBlocks: [8, 16, 24],
    });
    expect(tokens.eos).toEqual([151645]);
    const noHeads = parseConfig(changed({ text: { num_key_value_heads: null } }));
    expect(noHeads.text.kvHeads).toBe(16);
  });
});

describe('a config that Loci does not compute', () => {
  const rope = (change: object) => ({
    text: { rope_scaling: { ...(published.text_config['rope_scaling'] as object), ...change } },
  });
  test.each([
    [{ text: { rope_theta: undefined } }, /config\.json: "text_config\.rope_theta" is missing/],
    [{ text: { rope_scaling: null } }, /neither "rope_scaling" nor "rope_parameters"/],
    [rope({ rope_type: 'yarn', factor: 3 }), /"text_config\.rope_scaling\.rope_type"/],
    [rope({ mrope_interleaved: false }), /"text_config\.rope_scaling\.mrope_interleaved"/],
    [rope({ mrope_section: [24, 20, 19] }), /mrope_section \[24, 20, 19\]/],
    [rope({ mrope_section: [20, 22, 22] }), /mrope_section \[20, 22, 22\]/],
    [{ text: { use_sliding_window: true } }, /"text_config\.use_sliding_window"/],
    [{ text: { layer_types: ['sliding_attention'] } }, /"text_config\.layer_types\.0"/],
    [{ text: { head_dim: null } }, /"text_config\.head_dim"/],
    [{ text: { hidden_act: 'gelu' } }, /"text_config\.hidden_act"/],
    [{ text: { num_key_value_heads: 3 } }, /num_key_value_heads/],
    [{ text: { hidden_size: 1024 } }, /out_hidden_size 2048 is not text_config\.hidden_size 1024/],
    [{ text: { hidden_size: 2.5 } }, /"text_config\.hidden_size"/],
    [{ vision: { hidden_act: 'gelu' } }, /"vision_config\.hidden_act"/],
    [{ vision: { num_heads: 12 } }, /4 · vision_config\.num_heads/],
    [{ vision: { num_position_embeddings: 2305 } }, /num_position_embeddings is not a square/],
    [
      { vision: { deepstack_visual_indexes: [5, 24] } },
      /vision_config\.deepstack_visual_indexes \[5, 24\] names blocks past the depth 24/,
    ],
    [
      { vision: { deepstack_visual_indexes: [5, 11, 5] } },
      /vision_config\.deepstack_visual_indexes \[5, 11, 5\] names a block twice/,
    ],
    [{ text: { num_hidden_layers: 2 } }, /deepstack_visual_indexes names 3 levels for 2 decoder/],
    [
      { vision: { rope_parameters: { rope_theta: 500 } } },
      /"vision_config\.rope_parameters\.rope_theta"/,
    ],
    [
      { vision: { rope_parameters: { rope_type: 'linear' } } },
      /"vision_config\.rope_parameters\.rope_type"/,
    ],
    [{ quantization_config: { quant_method: 'fp8' } }, /"quantization_config": quantized weights/],
  ])('%j is an error that names the key', (change, message) => {
    expect(() => parseModel(changed(change as Record<string, object>))).toThrow(
      expect.objectContaining({ code: 'model-config', message: expect.stringMatching(message) }),
    );
  });

  test.each(['qwen3_vl_moe', 'qwen3_5', undefined])(
    'model_type %s is told what there is',
    (type) => {
      const known =
        /"model_type" is .*; Loci reads Qwen2\.5-VL \("qwen2_5_vl"\), Qwen3-VL \("qwen3_vl"\)/;
      expect(() => parseModel({ ...published, model_type: type }, 'x/config.json')).toThrow(known);
    },
  );
});
