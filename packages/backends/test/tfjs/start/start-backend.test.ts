import { describe, expect, test } from '@jest/globals';
import { findWebgpuAdapter } from '../../../src/devices/webgpu-adapter.ts';
import { probeNative } from '../../../src/tfjs/start/native.ts';
import { startBackend } from '../../../src/tfjs/start/start-backend.ts';

describe('starting a backend', () => {
  test.each(['wasm', 'cpu'] as const)('%s comes with the package', async (engine) => {
    const { tf, description, ...started } = await startBackend(engine);
    expect(started.engine).toBe(engine);
    expect(tf.getBackend()).toBe(engine);
    expect(description).toMatch(/^TensorFlow\.js 4\.\d+\.\d+, (wasm|cpu) on CPU, .+$/);
  });

  test('WebGPU without a driver, or without its packages, is an error with what helps', async () => {
    const adapter = await findWebgpuAdapter();
    if (!('missing' in adapter)) return;
    await expect(startBackend('webgpu')).rejects.toMatchObject({
      code: 'engine-unavailable',
      message: expect.stringMatching(
        /^the TensorFlow\.js engine "webgpu" is not available: .+\. Fix: (npm )?install /,
      ),
    });
  });

  test.each(['@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu'] as const)(
    '%s loads in a process of its own, or what helps is named',
    async (name) => {
      const found = await probeNative(name);
      if ('folder' in found) expect(typeof found.gpu).toBe('boolean');
      else {
        expect(found.missing).toContain(name);
        expect(found.help).toMatch(/^npm (rebuild|install) @tensorflow/);
      }
    },
  );
});
