import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { createProcessor } from '../../src/engine/processor.ts';
import { mergeAdapter } from '../../src/lora/merge.ts';
import {
  architectureNamed,
  parseModel,
  readModel,
  writeModelConfig,
} from '../../src/models/index.ts';
import type { Architecture, Model } from '../../src/models/spec/model.ts';
import { openOnnxPolicy } from '../../src/onnx/onnx-policy.ts';
import { openTfjsPolicy } from '../../src/tfjs/tfjs-policy.ts';
import { mixedBatch } from '../support/mixed-batch.ts';
import { temporaryFolder, writeTinyModel } from '../support/tiny-model.ts';

const { path, remove } = await temporaryFolder();
afterAll(remove);
const folder = join(path, 'model');
const own = standIn('my_vl');
const model = own.readConfig((await writeTinyModel(folder)).configJson, '');
await writeModelConfig(folder, model);

/** Qwen2.5-VL under another name. */
function standIn(modelType: string): Architecture {
  const qwen = architectureNamed('qwen2-5-vl');
  const named = (model: Model): Model => ({
    ...model,
    modelType,
    title: 'My-VL',
    configJson: { ...model.configJson, model_type: modelType },
  });
  return {
    ...qwen,
    modelType,
    title: 'My-VL',
    readConfig: (json, file) =>
      named(qwen.readConfig({ ...(json as object), model_type: qwen.modelType }, file)),
    fresh: (sizes, vocabulary) => named(qwen.fresh(sizes, vocabulary)),
  };
}

test('a folder of an unknown architecture is refused with those there are, own ones among them', async () => {
  await expect(readModel(folder)).rejects.toThrow(
    '"model_type" is "my_vl"; Loci reads Qwen2.5-VL ("qwen2_5_vl"), Qwen3-VL ("qwen3_vl")',
  );
  await expect(createProcessor(folder)).rejects.toThrow('"model_type" is "my_vl"');
  expect(() => parseModel({ model_type: 'other' }, 'config.json', [own])).toThrow(
    'Loci reads My-VL ("my_vl"), Qwen2.5-VL ("qwen2_5_vl")',
  );
});

test('a folder of an own architecture is read', async () => {
  expect((await readModel(folder, [own])).configJson).toEqual(model.configJson);
  const { vocabularySize } = await createProcessor(folder, { architectures: [own] });
  expect(vocabularySize).toBe(model.decoder.vocabularySize);
});

test('an own architecture goes before one of the table', () => {
  const replacing = standIn('qwen2_5_vl');
  const json = { ...model.configJson, model_type: 'qwen2_5_vl' };
  expect(parseModel(json).title).toBe('Qwen2.5-VL');
  expect(parseModel(json, 'config.json', [replacing]).title).toBe('My-VL');
});

test('policies on both engines open it, an adapter is trained on it, and merged into it', async () => {
  const settings = { model: folder, architectures: [own], lora: { rank: 2 }, threads: 1 };
  const tfjs = await openTfjsPolicy({ ...settings, engine: 'wasm' });
  expect(tfjs.engine.model.title).toBe('My-VL');
  await tfjs.dispose();
  const onnx = await openOnnxPolicy(settings);
  const batch = mixedBatch(model, 1);
  await onnx.forwardBackward(batch, { kind: 'cross-entropy' });
  const rates = { learningRate: 0.01, beta1: 0.9, beta2: 0.95, epsilon: 1e-8 };
  await onnx.optimStep({ ...rates, weightDecay: 0, maxGradNorm: 1 });
  const { logProbs: learned } = await onnx.logProbs(batch, 'current');
  const adapter = join(path, 'adapter');
  await onnx.save(adapter, { optimizer: false });
  await onnx.dispose();

  const to = join(path, 'merged');
  await expect(mergeAdapter({ model: folder, adapter, to })).rejects.toThrow('"my_vl"');
  await mergeAdapter({ model: folder, adapter, to, architectures: [own] });
  const merged = await openOnnxPolicy({ model: to, architectures: [own], threads: 1 });
  const { logProbs: found } = await merged.logProbs(batch, 'current');
  await merged.dispose();
  for (const [at, logProb] of [...found.flat()[0]!].entries()) {
    expect(logProb).toBeCloseTo(learned.flat()[0]![at]!, 4);
  }
});

test('a worker of TensorFlow.js is not given an architecture that it cannot know', async () => {
  const opened = openTfjsPolicy({ model: folder, architectures: [own], thread: 'worker' });
  await expect(opened).rejects.toMatchObject({ code: 'bad-thread' });
});
