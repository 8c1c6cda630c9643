/** WebGPU through the npm package `webgpu` (Dawn) and `@tensorflow/tfjs-backend-webgpu`; neither comes with this package. */
import { createRequire } from 'node:module';
import { messageOf } from '@loci/core';
import type { Tf } from '../tf.ts';
import type { MissingBackend } from './backend.ts';

const require = createRequire(import.meta.url);

interface AdapterInfo {
  readonly vendor?: string;
  readonly architecture?: string;
  readonly description?: string;
}

interface Gpu {
  requestAdapter(): Promise<{ readonly info?: AdapterInfo } | null>;
}

interface WebgpuPackage {
  create(options: readonly string[]): Gpu;
  readonly globals: Readonly<Record<string, unknown>>;
}

const INSTALL = 'npm install webgpu @tensorflow/tfjs-backend-webgpu@4.22.0';

/** Drivers that compute on the CPU. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|software/i;

/** Readies WebGPU in this thread: registers its backend, named `webgpu`. @returns the adapter in words. */
export async function prepareWebgpu(
  tf: Tf,
): Promise<{ readonly adapter: string; readonly software: boolean } | MissingBackend> {
  let dawn: WebgpuPackage;
  try {
    dawn = (await import(require.resolve('webgpu'))) as WebgpuPackage;
    require.resolve('@tensorflow/tfjs-backend-webgpu');
  } catch {
    return { missing: 'the packages of WebGPU are not installed', help: INSTALL };
  }
  try {
    Object.assign(globalThis, dawn.globals);
    const gpu = dawn.create([]);
    const adapter = await gpu.requestAdapter();
    if (!adapter) return { missing: 'WebGPU finds no adapter', help: 'install a Vulkan driver' };
    const navigator = (globalThis as { readonly navigator?: object }).navigator ?? {};
    Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true });
    Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
    require('@tensorflow/tfjs-backend-webgpu');
    const { vendor = '', architecture = '', description = '' } = adapter.info ?? {};
    const words = [vendor, architecture, description].filter(Boolean).join(' ') || 'unnamed';
    return { adapter: words, software: SOFTWARE.test(words) };
  } catch (error) {
    const library = tf.version_core;
    return {
      missing: `WebGPU does not start with TensorFlow.js ${library} (${messageOf(error)})`,
      help: 'install a Vulkan driver',
    };
  }
}
