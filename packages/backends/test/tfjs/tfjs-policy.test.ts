/** TensorFlow.js beside ONNX Runtime; `tfjs-contract.slow.ts` holds it to the policy contract. */
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { describeSamePolicies } from '@loci/core/testing';
import type { Model } from '../../src/models/spec/model.ts';
import { inspectGradients } from '../../src/graph/engine/inspection.ts';
import type { OnnxPolicy } from '../../src/onnx/onnx-policy.ts';
import { openOnnxPolicy } from '../../src/onnx/onnx-policy.ts';
import { slicesByName } from '../../src/weights/parameter-arena.ts';
import { openTfjsPolicy } from '../../src/tfjs/tfjs-policy.ts';
import type { TfjsPolicy } from '../../src/tfjs/tfjs-policy.ts';
import { mixedBatch } from '../support/mixed-batch.ts';
import { temporaryFolder, writeTinyModel } from '../support/tiny-model.ts';

const folder = await temporaryFolder();
const model = join(folder.path, 'model');
const tiny: Model = await writeTinyModel(model);
afterAll(folder.remove);

/** `TFJS_ENGINE=node` holds native TensorFlow to the same; see the target `test-native`. */
const engine = process.env['TFJS_ENGINE'] === 'node' ? 'node' : 'wasm';
const openTfjs = () => openTfjsPolicy({ model, engine });
const openOnnx = () => openOnnxPolicy({ model, threads: 1 });

describeSamePolicies<OnnxPolicy, TfjsPolicy>({
  one: {
    name: 'onnx',
    create: openOnnx,
    gradients: ({ engine }) => inspectGradients(engine),
    weights: ({ engine }) => engine.weights(),
  },
  other: {
    name: 'tfjs',
    create: openTfjs,
    gradients: async ({ engine }) => slicesByName(await engine.gradients(), engine.arena),
    weights: ({ engine }) => engine.weights(),
  },
  batch: (seed) => mixedBatch(tiny, seed),
});

test('a disposed policy leaves no tensor behind', async () => {
  const first = await openTfjs();
  const { tensors } = await first.engine.memory();
  const second = await openTfjs();
  await second.forwardBackward(mixedBatch(tiny, 1), { kind: 'cross-entropy' });
  await second.dispose();
  expect((await first.engine.memory()).tensors).toBe(tensors);
  await first.dispose();
  expect((await first.engine.memory()).tensors).toBe(0);
});
