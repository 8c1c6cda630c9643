import { describe, expect, test } from '@jest/globals';
import { ownTensorName, peftTensorName } from '../../src/lora/module-names.ts';
import { parseModel } from '../../src/models/index.ts';
import { tinyConfigJson } from '../support/tiny-config.ts';

const { parameters } = parseModel(tinyConfigJson());

describe('names of an adapter’s tensors', () => {
  const own = 'model.layers.3.mlp.up_proj.lora_A.weight';

  test.each([
    'base_model.model.model.language_model.layers.3.mlp.up_proj.lora_A.weight',
    'base_model.model.model.language_model.layers.3.mlp.up_proj.lora_A.default.weight',
    'base_model.model.model.layers.3.mlp.up_proj.lora_A.weight',
    'base_model.model.language_model.model.layers.3.mlp.up_proj.lora_A.weight',
    'model.language_model.layers.3.mlp.up_proj.lora_A.weight',
    'language_model.model.layers.3.mlp.up_proj.lora_A.default.weight',
    own,
  ])('%s', (stored) => {
    expect(ownTensorName(parameters, stored)).toBe(own);
  });

  test('those of the other tower and of the head are read and written alike', () => {
    for (const name of ['visual.blocks.0.attn.qkv.lora_B.weight', 'lm_head.lora_A.weight', own]) {
      expect(ownTensorName(parameters, peftTensorName(parameters, name))).toBe(name);
      expect(ownTensorName(parameters, name)).toBe(name);
    }
  });
});
