import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import {
  architectureNamed,
  createProcessor,
  openModelCheckpoint,
  parameterArena,
  parseModel,
  readModel,
} from '@loci/backends/internal';
import { scaleModel } from '../../src/scale/model.ts';
import { writeScaleModel } from '../../src/scale/write-model.ts';

test('the sizes are valid configs of about as many parameters as they say', () => {
  const sizes = ['25m', '100m', '300m', '1b'].map((size) => {
    const model = scaleModel('qwen2-5-vl', size);
    expect(parseModel(model.configJson).configJson).toEqual(model.configJson);
    return Math.round(parameterArena({ model }).size / 1e6);
  });
  expect(sizes).toEqual([25, 102, 297, 1000]);
});

test('a generated folder is one that a policy can be opened on', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'loci-scale-test-'));
  try {
    const { decoder, tokens } = scaleModel('qwen2-5-vl', '25m');
    const model = architectureNamed('qwen2-5-vl').fresh(
      {
        text: {
          ...decoder,
          hiddenSize: 8,
          layers: 1,
          intermediateSize: 8,
          ropeTheta: 1e6,
          tieWordEmbeddings: true,
        },
        vision: { depth: 1, hiddenSize: 160, intermediateSize: 432, heads: 2 },
      },
      { vocabularySize: 152, tokens },
    );
    await writeScaleModel(folder, model, { frames: 8, height: 56, width: 56 }, 1);
    expect((await readdir(folder)).filter((name) => name.endsWith('.safetensors'))).toHaveLength(1);
    expect((await readModel(folder)).configJson).toEqual(model.configJson);
    const checkpoint = await openModelCheckpoint(folder, model.parameters);
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
