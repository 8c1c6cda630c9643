import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { describePolicyContract, describeSamePolicies } from '@loci/core/testing';
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
const config = await writeTinyModel(model);
afterAll(folder.remove);

const open = () => openTfjsPolicy({ model, engine: 'webgpu' });

describePolicyContract<TfjsPolicy>({
  name: 'tfjs, webgpu',
  create: open,
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'where?' }] }],
  held: async (policy) => (await policy.engine.memory()).tensors,
});

describeSamePolicies<TfjsPolicy, OnnxPolicy>({
  one: {
    name: 'tfjs, webgpu',
    create: open,
    gradients: async ({ engine }) => slicesByName(await engine.gradients(), engine.arena),
    weights: ({ engine }) => engine.weights(),
  },
  other: {
    name: 'onnx, cpu',
    create: () => openOnnxPolicy({ model, threads: 1, provider: 'cpu' }),
    gradients: ({ engine }) => inspectGradients(engine),
    weights: ({ engine }) => engine.weights(),
  },
  batch: (seed) => mixedBatch(config, seed),
});
