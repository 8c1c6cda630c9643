/** The policy `onnx`: a Qwen2.5-VL model folder, sampled and trained on ONNX Runtime. */
import { definePlugin } from '@loci/core';
import { z } from 'zod';
import { MODEL_OPTIONS, placeModelOptions } from '../policy/model-options.ts';
import { openOnnxPolicy } from './open-onnx-policy.ts';

const options = z.strictObject({
  ...MODEL_OPTIONS,
  provider: z.enum(['auto', 'cpu']).default('auto').describe('execution provider'),
  lowering: z
    .enum(['auto', 'plain', 'fused'])
    .default('auto')
    .describe('standard ONNX operations, or those of ONNX Runtime on CPU'),
  recompute: z
    .boolean()
    .default(false)
    .describe(
      'less memory for a third more time: the inside of layers is computed again for gradients',
    ),
  maxSessions: z
    .int()
    .min(2)
    .default(24)
    .describe('compiled graphs that are kept, if they fit into four such runs'),
});

/**
 * Trains on the CPU with gradients of our own over ONNX graphs.
 *
 * @example policy: { use: onnx, model: models/start, threads: 2 }
 */
export const onnxPolicy = definePlugin({
  kind: 'policy',
  name: 'onnx',
  description:
    'A Qwen2.5-VL model on ONNX Runtime: generation, log-probabilities and training on the CPU.',
  options,
  create: (options, context) => openOnnxPolicy(placeModelOptions(options, context)),
});
