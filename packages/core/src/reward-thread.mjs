// @ts-check
/**
 * The entry of a reward's thread, started by `plugin/isolation/handle.ts`. It is plain JavaScript, because a worker of Node 20 cannot load
 * TypeScript. When run from sources, it loads the rest of the thread through jiti, which takes seconds and caches its output in the
 * workspace. It loads the entry of `@loci/core` first, which the reward may import.
 */
import { fileURLToPath } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';

/** @type {{ plugin: import('./plugin/isolation/messages.ts').IsolatedPlugin, fromSources: boolean, memoryMb: number }} */
const { plugin, fromSources, memoryMb } = workerData;

const CACHE = new URL('../../../node_modules/.cache/jiti', import.meta.url);

/** @returns {Promise<typeof import('./plugin/isolation/thread.ts')>} */
async function readSources() {
  const { createJiti } = await import('jiti');
  const jiti = createJiti(import.meta.url, { fsCache: fileURLToPath(CACHE) });
  await jiti.import('./index.ts');
  return jiti.import('./plugin/isolation/thread.ts');
}

/** @returns {Promise<typeof import('./plugin/isolation/thread.ts')>} */
async function importBuilt() {
  await import('./index.ts');
  return import('./plugin/isolation/thread.ts');
}

const thread = await (fromSources ? readSources() : importBuilt());

if (parentPort) await thread.serveReward(parentPort, plugin, memoryMb);
