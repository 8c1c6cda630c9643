import { describe, expect, test } from '@jest/globals';
import { probeNative } from '../../../src/tfjs/start/native.ts';
import { startBackend } from '../../../src/tfjs/start/start-backend.ts';

describe('starting a backend', () => {
  test.each(['wasm', 'cpu'] as const)('%s comes with the package', async (engine) => {
    const { tf, description, ...started } = await startBackend(engine);
    expect(started.engine).toBe(engine);
    expect(tf.getBackend()).toBe(engine);
    expect(description).toMatch(/^TensorFlow\.js 4\.\d+\.\d+, (wasm|cpu) on CPU.* \(as asked\)$/);
  });

  test('what is not installed is an error with the command that helps', async () => {
    await expect(startBackend('webgpu')).rejects.toMatchObject({
      code: 'engine-unavailable',
      message:
        'the TensorFlow.js engine "webgpu" cannot be had: the packages of WebGPU are not installed. What helps: npm install webgpu @tensorflow/tfjs-backend-webgpu@4.22.0',
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
