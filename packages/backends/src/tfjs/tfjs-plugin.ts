/**
 * The descriptor of the policy `tfjs`: a Qwen2.5-VL model folder, sampled and trained on TensorFlow.js. Engine and model code are
 * loaded when a policy is created.
 */
import { definePlugin } from '@loci/core';
import { z } from 'zod';
import { MODEL_OPTIONS, placeModelOptions } from '../engine/model-options.ts';
import { TFJS_ENGINES } from './start/backend.ts';

const options = z.strictObject({
  ...MODEL_OPTIONS,
  engine: z
    .enum(['auto', ...TFJS_ENGINES])
    .default('auto')
    .describe('what TensorFlow.js runs on; auto takes the first of the others that is there'),
});

/**
 * Trains on whatever TensorFlow.js runs on. What was asked for and is missing is an error with the command that helps.
 *
 * @example policy: { use: tfjs, engine: wasm, model: models/start }
 */
export const tfjsPolicy = definePlugin({
  kind: 'policy',
  name: 'tfjs',
  description:
    'A Qwen2.5-VL model on TensorFlow.js: generation, log-probabilities and training, native, in WebAssembly or in JavaScript.',
  options,
  create: async (options, context) => {
    const { openTfjsPolicy } = await import('./tfjs-policy.ts');
    return openTfjsPolicy(placeModelOptions(options, context));
  },
});
