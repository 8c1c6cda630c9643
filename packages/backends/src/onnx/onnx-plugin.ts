/**
 * Describes the policy `onnx`, which samples and trains a Qwen model folder on ONNX Runtime. Creating a policy loads engine and model code.
 */
import { definePlugin } from '@loci/core';
import { z } from 'zod';
import { MODEL_OPTIONS, placeModelOptions } from '../engine/model-options.ts';

const options = z.strictObject({
  ...MODEL_OPTIONS,
  provider: z
    .enum(['auto', 'cpu', 'webgpu', 'cuda', 'tensorrt'])
    .default('auto')
    .describe('device of ONNX Runtime; auto takes the first available of cuda, webgpu and cpu'),
  spin: z
    .boolean()
    .default(false)
    .describe(
      'threads spin while they wait for work; many times slower when other programs use the cores',
    ),
  lowering: z
    .enum(['auto', 'plain', 'fused'])
    .default('auto')
    .describe(
      'plain: standard ONNX operations; fused: those of ONNX Runtime on CPU; auto: by the provider',
    ),
  decoder: z
    .enum(['auto', 'onnx', 'wasm'])
    .default('auto')
    .describe(
      'how tokens are generated: by graphs of ONNX Runtime (onnx), or by kernels in WebAssembly (wasm), which auto takes for small models and batches',
    ),
  recompute: z
    .boolean()
    .default(false)
    .describe('recompute the inside of layers for gradients: less memory, a third more time'),
  lanes: z
    .int()
    .positive()
    .optional()
    .describe(
      'parallel runs of a batch, each with its share of the threads; unset: 2 for small models on the CPU, else 1, as always on a GPU',
    ),
  maxSessions: z
    .int()
    .min(2)
    .default(24)
    .describe(
      'compiled graphs to cache (least recently used); together at most 4 × the memory of the largest run',
    ),
});

/**
 * Trains by Loci's own gradients on ONNX graphs. A missing provider is an error with the command to install it.
 *
 * @example policy: { use: onnx, model: models/start, provider: webgpu }
 */
export const onnxPolicy = definePlugin({
  kind: 'policy',
  name: 'onnx',
  description:
    'A Qwen2.5-VL or Qwen3-VL model on ONNX Runtime: generation, log-probabilities and training on CPU or GPU.',
  options,
  create: async (options, context) => {
    const { openOnnxPolicy } = await import('./onnx-policy.ts');
    return openOnnxPolicy(placeModelOptions(options, context));
  },
});
