import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { describePolicyContract } from '@loci/core/testing';
import { openTfjsPolicy } from '../../src/tfjs/tfjs-policy.ts';
import type { TfjsPolicy } from '../../src/tfjs/tfjs-policy.ts';
import { probeNative } from '../../src/tfjs/start/native.ts';
import { temporaryFolder, writeTinyModel } from '../support/tiny-model.ts';

// `npm ci` brings the package without its native library, which is fetched or built apart (docs/tensorflow.md): where it cannot be
// loaded there is nothing to test, and the reason is printed. The same contract always runs on WebAssembly, in tfjs-policy.test.ts.
const probe = await probeNative('@tensorflow/tfjs-node');
const absent = 'missing' in probe;
if (absent) process.stderr.write(`skipped: native TensorFlow, ${probe.missing}; ${probe.help}\n`);

(absent ? describe.skip : describe)('native TensorFlow', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  const modelFolder = (): string => join(folder.path, 'model');

  beforeAll(async () => {
    folder = await temporaryFolder();
    await writeTinyModel(modelFolder());
  });
  afterAll(() => folder.remove());

  for (const execution of [undefined, 'operations'] as const) {
    describePolicyContract<TfjsPolicy>({
      name: `tfjs, native, ${execution ?? 'whole graphs'}`,
      create: () => openTfjsPolicy({ model: modelFolder(), engine: 'node', threads: 2, execution }),
      messages: [{ role: 'user', parts: [{ type: 'text', text: 'where?' }] }],
      held: async (policy) => (await policy.engine.memory()).tensors,
    });
  }

  test('auto takes it and says why', async () => {
    const policy = await openTfjsPolicy({ model: modelFolder() });
    const { description, engine } = policy.capabilities;
    expect(description).toMatch(/, node(-gpu)? on /);
    expect(engine?.choice).toContain('the first available');
    await policy.dispose();
  });
});
