/**
 * The descriptor of the policy `onnx`: a Qwen2.5-VL model folder, sampled and trained on ONNX Runtime. Engine and model code are
 * loaded when a policy is created.
 */
import { definePlugin } from '@loci/core';
import { z } from 'zod';
import { MODEL_OPTIONS, placeModelOptions } from '../engine/model-options.ts';

const options = z.strictObject({
  ...MODEL_OPTIONS,
  provider: z
    .enum(['auto', 'cpu', 'webgpu', 'cuda', 'tensorrt'])
    .default('auto')
    .describe(
      'what ONNX Runtime runs on; auto takes the first of cuda, webgpu and cpu that is there',
    ),
  spin: z
    .boolean()
    .default(false)
    .describe(
      'threads wait for work by spinning: many times slower where something else wants the cores',
    ),
  lowering: z
    .enum(['auto', 'plain', 'fused'])
    .default('auto')
    .describe(
      'standard ONNX operations, or those of ONNX Runtime on CPU; auto goes by the provider',
    ),
  decoder: z
    .enum(['auto', 'onnx', 'wasm'])
    .default('auto')
    .describe(
      'what makes tokens: graphs of ONNX Runtime, or kernels of our own in WebAssembly; auto takes those for small models and batches',
    ),
  recompute: z
    .boolean()
    .default(false)
    .describe(
      'less memory for a third more time: the inside of layers is computed again for gradients',
    ),
  lanes: z
    .int()
    .positive()
    .optional()
    .describe(
      'runs of a batch beside each other, each with its share of the threads; 2 for small models on the CPU if unset',
    ),
  maxSessions: z
    .int()
    .min(2)
    .default(24)
    .describe('compiled graphs that are kept, if they fit into four such runs'),
});

/**
 * Trains with gradients of our own over ONNX graphs. A provider that was asked for and is missing is an error with the command
 * that helps.
 *
 * @example policy: { use: onnx, model: models/start, provider: webgpu }
 */
export const onnxPolicy = definePlugin({
  kind: 'policy',
  name: 'onnx',
  description:
    'A Qwen2.5-VL model on ONNX Runtime: generation, log-probabilities and training on CPU or GPU.',
  options,
  create: async (options, context) => {
    const { openOnnxPolicy } = await import('./onnx-policy.ts');
    return openOnnxPolicy(placeModelOptions(options, context));
  },
});
