import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { describePolicyContract, describeSamePolicies } from '@loci/core/testing';
import { inspectGradients } from '../../src/graph/engine/inspection.ts';
import type { OnnxPolicy } from '../../src/onnx/onnx-policy.ts';
import { openOnnxPolicy } from '../../src/onnx/onnx-policy.ts';
import { slicesByName } from '../../src/weights/parameter-arena.ts';
import { tfjsOps } from '../../src/tfjs/ops/tfjs-ops.ts';
import type { StartedBackend } from '../../src/tfjs/start/backend.ts';
import { startBackend } from '../../src/tfjs/start/start-backend.ts';
import { openTfjsPolicy } from '../../src/tfjs/tfjs-policy.ts';
import type { TfjsPolicy } from '../../src/tfjs/tfjs-policy.ts';
import { FORMULAS, largestError } from '../support/formulas.ts';
import { elementsOf } from '../support/gradient-check.ts';
import { mixedBatch } from '../support/mixed-batch.ts';
import { temporaryFolder, writeTinyModel } from '../support/tiny-model.ts';

const folder = await temporaryFolder();
const model = join(folder.path, 'model');
const tiny = await writeTinyModel(model);
afterAll(folder.remove);

const open = () => openTfjsPolicy({ model, engine: 'webgpu' });

describePolicyContract<TfjsPolicy>({
  name: 'tfjs, webgpu',
  create: open,
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'where?' }] }],
  held: async (policy) => (await policy.engine.memory()).tensors,
});

describe('operations', () => {
  let backend: StartedBackend;
  beforeAll(async () => {
    backend = await startBackend('webgpu');
  });

  test.each(FORMULAS)('%s is its formula in float64', async (_, row) => {
    const { tf, products } = backend;
    const output = tf.tidy(() => {
      const tensors = elementsOf(row.inputs).map(([name, data]) => [
        name,
        tf.tensor(data, [...row.inputs[name]!.shape]),
      ]);
      return row.operation(tfjsOps(tf, products), Object.fromEntries(tensors));
    });
    const found = await output.data<'float32'>();
    output.dispose();
    expect(largestError(found, row)).toBeLessThan(row.tolerance);
  });
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
  batch: (seed) => mixedBatch(tiny, seed),
});
