import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import {
  createProcessor,
  modelConfigJson,
  openModelCheckpoint,
  parameterArena,
  parseModelConfig,
  readModelConfig,
} from '@loci/backends/internal';
import { SCALE_SIZES, scaleConfig } from '../../src/scale/shapes.ts';
import { writeScaleModel } from '../../src/scale/write-model.ts';

test('the sizes are valid configs of about as many parameters as they say', () => {
  const sizes = SCALE_SIZES.map((size) => {
    const config = scaleConfig(size);
    expect(parseModelConfig(modelConfigJson(config))).toEqual(config);
    return Math.round(parameterArena(config).size / 1e6);
  });
  expect(sizes).toEqual([25, 102, 297, 1000]);
});

test('a generated folder is one that a policy can be opened on', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'loci-scale-test-'));
  try {
    const whole = scaleConfig('25m');
    const config = {
      ...whole,
      text: { ...whole.text, hiddenSize: 8, layers: 1, intermediateSize: 8, vocabularySize: 152 },
      vision: { ...whole.vision, depth: 1, fullAttentionBlocks: [0], outHiddenSize: 8 },
    };
    await writeScaleModel(folder, config, { frames: 8, height: 56, width: 56 }, 1);
    expect((await readdir(folder)).filter((name) => name.endsWith('.safetensors'))).toHaveLength(1);
    expect(await readModelConfig(folder)).toEqual(config);
    const checkpoint = await openModelCheckpoint(folder, parameterArena(config).published);
    const weights = await checkpoint.readFloats('model.layers.0.mlp.up_proj.weight');
    await checkpoint.close();
    const deviation = Math.sqrt(weights.reduce((sum, w) => sum + w * w, 0) / weights.length);
    expect(deviation * Math.sqrt(8)).toBeGreaterThan(0.5);
    expect(deviation * Math.sqrt(8)).toBeLessThan(0.9);
    const processor = await createProcessor(folder);
    const parts = [{ type: 'text', text: 'Where?' }] as const;
    const { tokenIds } = await processor.encode([{ role: 'user', parts }]);
    expect(processor.detokenize(tokenIds)).toContain('Where?');
    expect(processor.stopTokenIds).toEqual([]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
