/** A tiny Qwen3-VL as a policy: the contract on a question about a video, and one engine beside the other. */
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { describePolicyContract, describeSamePolicies } from '@loci/core/testing';
import { writeTinyVideo } from '@loci/media/testing';
import { inspectGradients } from '../../../src/graph/engine/inspection.ts';
import type { OnnxPolicy } from '../../../src/onnx/onnx-policy.ts';
import { openOnnxPolicy } from '../../../src/onnx/onnx-policy.ts';
import { openTfjsPolicy } from '../../../src/tfjs/tfjs-policy.ts';
import type { TfjsPolicy } from '../../../src/tfjs/tfjs-policy.ts';
import { slicesByName } from '../../../src/weights/parameter-arena.ts';
import { QWEN3_TINY, framedBatch } from '../../support/qwen3.ts';
import { temporaryFolder, writeTinyModel } from '../../support/tiny-model.ts';

const folder = await temporaryFolder();
const model = join(folder.path, 'model');
const tiny = await writeTinyModel(model, 1, { architecture: 'qwen3-vl', sizes: QWEN3_TINY });
const path = join(folder.path, 'clip.mp4');
await writeTinyVideo(path, { frames: 4, fps: 2, width: 64, height: 32 });
afterAll(folder.remove);

const openOnnx = () => openOnnxPolicy({ model, threads: 1 });

/** The contract takes signed steps of 1e-3, which are long for the curvature of three such layers. */
const shallow = join(folder.path, 'shallow');
await writeTinyModel(shallow, 1, {
  architecture: 'qwen3-vl',
  sizes: { ...QWEN3_TINY, text: { ...QWEN3_TINY.text, layers: 2 } },
});

describePolicyContract({
  name: 'onnx, Qwen3-VL',
  create: () => openOnnxPolicy({ model: shallow, threads: 1 }),
  messages: [
    {
      role: 'user',
      parts: [
        { type: 'media', media: { kind: 'video', path } },
        { type: 'text', text: 'where?' },
      ],
    },
  ],
});

describeSamePolicies<OnnxPolicy, TfjsPolicy>({
  one: {
    name: 'onnx',
    create: openOnnx,
    gradients: ({ engine }) => inspectGradients(engine),
    weights: ({ engine }) => engine.weights(),
  },
  other: {
    name: 'tfjs',
    create: () => openTfjsPolicy({ model, engine: 'wasm' }),
    gradients: async ({ engine }) => slicesByName(await engine.gradients(), engine.arena),
    weights: ({ engine }) => engine.weights(),
  },
  batch: (seed) => framedBatch(tiny, seed),
});
