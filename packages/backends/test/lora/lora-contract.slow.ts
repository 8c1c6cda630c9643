/** The policy contract on a model with an adapter. */
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { describePolicyContract } from '@loci/core/testing';
import type { LoraSettings } from '../../src/lora/lora-schema.ts';
import { openOnnxPolicy } from '../../src/onnx/onnx-policy.ts';
import { temporaryFolder, writeTinyModel } from '../support/tiny-model.ts';

const folder = await temporaryFolder();
const model = join(folder.path, 'model');
await writeTinyModel(model);
afterAll(folder.remove);

/** Both towers, other ranks here and there, and a module that is trained whole. */
const RICH: LoraSettings = {
  rank: 4,
  vision: true,
  rankPattern: { q_proj: 2 },
  rankStabilised: true,
  modulesToSave: ['visual.merger'],
};
describePolicyContract({
  name: 'onnx with LoRA',
  create: () => openOnnxPolicy({ model, threads: 1, lora: RICH }),
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'where?' }] }],
});
