/** Starts WebGPU through the npm package `webgpu` (Dawn) and `@tensorflow/tfjs-backend-webgpu`; this package includes neither. */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { installText, messageOf } from '@loci/core';
import type { Missing } from '../../devices/missing.ts';
import { describeAdapter, DRIVER_HELP, findWebgpuAdapter } from '../../devices/webgpu-adapter.ts';
import type { AdapterInfo, WebgpuAdapter } from '../../devices/webgpu-adapter.ts';
import type { Tf } from '../tf.ts';

const require = createRequire(import.meta.url);

interface Gpu {
  requestAdapter(options: {
    readonly powerPreference: string;
  }): Promise<{ readonly info?: AdapterInfo } | null>;
}

interface WebgpuPackage {
  create(options: readonly string[]): Gpu;
  readonly globals: Readonly<Record<string, unknown>>;
}

const WANTED = 'webgpu @tensorflow/tfjs-backend-webgpu@4.22.0';

/** The entry to WebGPU, of which there is only one: if it were garbage-collected, its devices would crash the process. */
let opened: Gpu | undefined;

/** Prepares WebGPU in this thread: registers its backend, named `webgpu`. */
export async function prepareWebgpu(tf: Tf): Promise<WebgpuAdapter | Missing> {
  let dawn: URL;
  try {
    dawn = pathToFileURL(require.resolve('webgpu'));
    require.resolve('@tensorflow/tfjs-backend-webgpu');
  } catch {
    return { missing: 'the packages of WebGPU are not installed', help: installText(WANTED) };
  }
  const found = await findWebgpuAdapter();
  if ('missing' in found) return found;
  try {
    if (!opened) {
      const { create, globals } = (await import(dawn.href)) as WebgpuPackage;
      opened = create([]);
      Object.assign(globalThis, globals);
      const navigator = (globalThis as { readonly navigator?: object }).navigator ?? {};
      Object.defineProperty(navigator, 'gpu', { value: opened, configurable: true });
      Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
      require('@tensorflow/tfjs-backend-webgpu');
    }
    const adapter = await opened.requestAdapter({ powerPreference: 'high-performance' });
    if (!adapter) return { missing: 'WebGPU finds no adapter', help: DRIVER_HELP };
    return describeAdapter(adapter.info);
  } catch (error) {
    const library = tf.version_core;
    return {
      missing: `WebGPU does not start with TensorFlow.js ${library} (${messageOf(error)})`,
      help: DRIVER_HELP,
    };
  }
}
