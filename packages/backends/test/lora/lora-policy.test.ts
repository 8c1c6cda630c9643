import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { describePolicyContract } from '@loci/core/testing';
import { openOnnxPolicy } from '../../src/onnx/open-onnx-policy.ts';
import { temporaryFolder, writeTinyModel } from '../support/tiny-model.ts';

const folder = await temporaryFolder();
const model = join(folder.path, 'model');
await writeTinyModel(model);
afterAll(folder.remove);

describePolicyContract({
  name: 'onnx with LoRA on vision',
  create: () =>
    openOnnxPolicy({
      model,
      threads: 1,
      lora: { rank: 2, vision: true, modulesToSave: ['visual.merger'] },
    }),
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'where?' }] }],
});
