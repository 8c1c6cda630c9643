import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parseModelConfig, readModelConfig, writeModelConfig } from '../../src/model/config.ts';
import { describeWith, parityFolder } from '../support/parity-fixture.ts';
import { tinyConfigJson } from '../support/tiny-config.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loci-config-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('model config', () => {
  test('what is written is read back', async () => {
    const config = parseModelConfig(tinyConfigJson());
    await writeModelConfig(folder, config);
    expect(await readModelConfig(folder)).toEqual(config);
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
    expect(parseModelConfig(nested)).toEqual(parseModelConfig(tinyConfigJson()));
  });

  test.each([
    [{ hidden_size: undefined }, /config\.json.*"hidden_size"/],
    [{ model_type: 'llama' }, /"model_type"/],
    [{ num_attention_heads: 2.5 }, /"num_attention_heads"/],
    [{ rope_scaling: { type: 'mrope', mrope_section: [1, 1, 1] } }, /mrope_section \[1, 1, 1\]/],
    [{ num_key_value_heads: 3 }, /num_key_value_heads/],
    [{ rope_theta: undefined }, /"rope_theta" is missing/],
    [{ hidden_act: 'gelu' }, /"hidden_act"/],
  ])('%j is refused by name', (change, message) => {
    const json = JSON.parse(JSON.stringify({ ...tinyConfigJson(), ...change }));
    expect(() => parseModelConfig(json)).toThrow(message);
  });

  test('a file that is no JSON is named', async () => {
    await writeFile(join(folder, 'config.json'), '{');
    await expect(readModelConfig(folder)).rejects.toThrow(join(folder, 'config.json'));
  });
});

describeWith(parityFolder)('the fixture', () => {
  test('flat and nested forms agree', async () => {
    const nested = JSON.parse(await readFile(join(parityFolder, 'config.nested.json'), 'utf8'));
    const flat = await readModelConfig(parityFolder);
    expect(parseModelConfig(nested)).toEqual(flat);
    expect(flat.text.headDim).toBe(16);
    expect(flat.tokens.video).toBe(508);
  });
});
