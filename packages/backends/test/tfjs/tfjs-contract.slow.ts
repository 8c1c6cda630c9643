/** The policy contract on TensorFlow.js. */
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { describePolicyContract } from '@loci/core/testing';
import { openTfjsPolicy } from '../../src/tfjs/tfjs-policy.ts';
import type { TfjsPolicy } from '../../src/tfjs/tfjs-policy.ts';
import { temporaryFolder, writeTinyModel } from '../support/tiny-model.ts';

const folder = await temporaryFolder();
const model = join(folder.path, 'model');
await writeTinyModel(model);
afterAll(folder.remove);

/** `TFJS_ENGINE=node` holds native TensorFlow to the same; see the target `test-native`. */
const engine = process.env['TFJS_ENGINE'] === 'node' ? 'node' : 'wasm';

describePolicyContract<TfjsPolicy>({
  name: `tfjs, ${engine}`,
  create: () => openTfjsPolicy({ model, engine }),
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'where?' }] }],
  held: async (policy) => (await policy.engine.memory()).tensors,
});
