// @ts-check
/**
 * Runs a decoding thread, one of several that share a memory with the weights and caches. It works on whole rows, which are independent of
 * each other, so the threads never wait for one another within a request. Plain JavaScript, because a worker of Node 20 cannot load
 * TypeScript; the other side is `../decode-pool.ts`.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { RowDecoder } from './row-decoder.mjs';

/** @typedef {import('../messages.ts').DecodeRequest} DecodeRequest */

/** @type {{ settings: import('../messages.ts').DecodeWorkerSettings, worker: number }} */
const { settings, worker } = workerData;
const { memory, module } = settings;

/** @type {import('./kernels.mjs').Kernels} */
const kernels = new /** @type {any} */ (globalThis).WebAssembly.Instance(module, {
  loci: { memory },
}).exports;

/** @type {Map<number, RowDecoder>} */
const generations = new Map();

/** @param {DecodeRequest} request */
function answer(request) {
  switch (request.kind) {
    case 'begin': {
      const { generation } = request;
      generations.set(generation.id, new RowDecoder(kernels, settings, generation, worker));
      return undefined;
    }
    case 'decode': {
      const decoder = generations.get(request.generation);
      if (!decoder) throw new Error(`generation ${request.generation} has ended`);
      return decoder.decode(request);
    }
    case 'end':
      generations.delete(request.generation);
      return undefined;
  }
}

parentPort?.on(
  'message',
  (/** @type {{ id: number, request: DecodeRequest }} */ { id, request }) => {
    try {
      parentPort?.postMessage({ id, value: answer(request) });
    } catch (error) {
      parentPort?.postMessage({
        id,
        error: error instanceof Error ? error.message : String(error),
      });
    }
  },
);
