/**
 * Describes the policy `tfjs`, which samples and trains a Qwen model folder on TensorFlow.js. Creating a policy loads engine and model
 * code.
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
    .describe('backend of TensorFlow.js; auto takes the first available of the others'),
});

/**
 * Trains on the backends of TensorFlow.js. A missing one is an error with the command to install it.
 *
 * @example policy: { use: tfjs, engine: wasm, model: models/start }
 */
export const tfjsPolicy = definePlugin({
  kind: 'policy',
  name: 'tfjs',
  description:
    'A Qwen2.5-VL or Qwen3-VL model on TensorFlow.js: generation, log-probabilities and training, native, in WebAssembly or in JavaScript.',
  options,
  create: async (options, context) => {
    const { openTfjsPolicy } = await import('./tfjs-policy.ts');
    return openTfjsPolicy(placeModelOptions(options, context));
  },
});
