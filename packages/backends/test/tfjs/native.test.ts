import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { describePolicyContract } from '@loci/core/testing';
import { openTfjsPolicy } from '../../src/tfjs/open-tfjs-policy.ts';
import type { TfjsPolicy } from '../../src/tfjs/open-tfjs-policy.ts';
import { probeNative } from '../../src/tfjs/start/native.ts';
import { temporaryFolder, writeTinyModel } from '../support/tiny-model.ts';

const probe = await probeNative('@tensorflow/tfjs-node');

if ('missing' in probe) {
  process.stderr.write(`skipped: native TensorFlow, ${probe.missing}; ${probe.help}\n`);
  describe.skip('native TensorFlow', () => {
    test('is not there', () => undefined);
  });
} else {
  const folder = await temporaryFolder();
  const model = join(folder.path, 'model');
  await writeTinyModel(model);
  afterAll(folder.remove);

  describePolicyContract<TfjsPolicy>({
    name: 'tfjs, native',
    create: () => openTfjsPolicy({ model, engine: 'node', threads: 2 }),
    messages: [{ role: 'user', parts: [{ type: 'text', text: 'where?' }] }],
    held: async (policy) => (await policy.engine.memory()).tensors,
  });

  test('auto takes it and says why', async () => {
    const policy = await openTfjsPolicy({ model });
    expect(policy.capabilities.description).toMatch(/, node(-gpu)? on .*\(first of those/);
    await policy.dispose();
  });
}
