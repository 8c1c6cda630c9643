import { describe, expect, test } from '@jest/globals';
import { parseAdapterConfig } from '../../src/lora/adapter-config.ts';

const minimal = { peft_type: 'LORA', r: 8, lora_alpha: 16, target_modules: ['q_proj'] };

describe('adapter_config.json', () => {
  test('what PEFT writes by default is read', () => {
    const whole = {
      ...minimal,
      task_type: null,
      auto_mapping: { base_model_class: 'Qwen2_5_VLForConditionalGeneration' },
      peft_version: '0.21.0',
      base_model_name_or_path: 'Qwen/Qwen2.5-VL-3B-Instruct',
      inference_mode: true,
      exclude_modules: null,
      lora_dropout: 0.05,
      fan_in_fan_out: false,
      bias: 'none',
      use_rslora: true,
      modules_to_save: null,
      init_lora_weights: true,
      layers_to_transform: 3,
      layers_pattern: null,
      rank_pattern: { down_proj: 4 },
      alpha_pattern: {},
      megatron_config: null,
      megatron_core: 'megatron.core',
      loftq_config: {},
      use_dora: false,
      qalora_group_size: 16,
      lora_bias: false,
      note: 'a word for people',
    };
    expect(parseAdapterConfig(whole)).toMatchObject({
      rank: 8,
      alpha: 16,
      rankStabilised: true,
      targets: ['q_proj'],
      layers: [3],
      rankPattern: { down_proj: 4 },
      modulesToSave: [],
      dropout: 0.05,
    });
  });

  test.each([
    ['peft_type', { peft_type: 'ADALORA' }],
    ['r', { r: 0 }],
    ['target_modules', { target_modules: null }],
    ['bias', { bias: 'lora_only' }],
    ['init_lora_weights', { init_lora_weights: 'pissa' }],
    ['rank_pattern.q_proj', { rank_pattern: { q_proj: 'high' } }],
    ['use_dora', { use_dora: true }],
    ['fan_in_fan_out', { fan_in_fan_out: true }],
    ['lora_bias', { lora_bias: true }],
    ['trainable_token_indices', { trainable_token_indices: [1, 2] }],
    ['layer_replication', { layer_replication: [[0, 4]] }],
    ['loftq_config', { loftq_config: { loftq_bits: 4 } }],
    ['what_comes_next', { what_comes_next: 5 }],
    ['layers_to_transform', { target_modules: '.*q_proj', layers_to_transform: [0] }],
  ])('%s is refused by name', (field, change) => {
    expect(() =>
      parseAdapterConfig({ ...minimal, ...change }, 'there/adapter_config.json'),
    ).toThrow(
      expect.objectContaining({
        code: 'adapter-config',
        message: expect.stringMatching(
          new RegExp(`^there/adapter_config\\.json: .*"${field.replaceAll('.', '\\.')}"`),
        ),
      }),
    );
  });
});
