/** The policy `onnx`: a Qwen2.5-VL model folder, sampled and trained on ONNX Runtime. */
import { resolve } from 'node:path';
import { definePlugin } from '@loci/core';
import { z } from 'zod';
import { openOnnxPolicy } from './open-onnx-policy.ts';

const options = z.strictObject({
  model: z.string().describe('model folder in Hugging Face layout'),
  provider: z.enum(['auto', 'cpu']).default('auto').describe('execution provider'),
  threads: z
    .int()
    .positive()
    .optional()
    .describe('threads within an operation; all cores if unset'),
  positionRule: z
    .enum(['4.49', '5.18'])
    .default('4.49')
    .describe(
      'where text goes on after a video, by transformers version; SpaceR trained with 4.49',
    ),
  lowering: z
    .enum(['auto', 'plain', 'fused'])
    .default('auto')
    .describe('standard ONNX operations, or those of ONNX Runtime on CPU'),
  maxTokens: z.int().positive().optional().describe('limit of prompt and completion together'),
  maxRunMegabytes: z
    .int()
    .positive()
    .default(1024)
    .describe('memory of one run with gradients; larger batches run in parts'),
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
  create: ({ model, ...settings }, { baseDirectory }) =>
    openOnnxPolicy({ ...settings, model: resolve(baseDirectory, model) }),
});
