// @ts-check
/**
 * The entry of a reward's thread. Plain JavaScript, because a worker of Node 20 cannot load TypeScript: beside the sources the
 * rest of the thread is read through jiti, which keeps what it made of them in the workspace's cache: it takes seconds.
 */
import { fileURLToPath } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { createJiti } from 'jiti';

/** @type {{ plugin: import('./messages.ts').IsolatedPlugin, fromSources: boolean }} */
const { plugin, fromSources } = workerData;

const CACHE = new URL('../../../../../node_modules/.cache/jiti', import.meta.url);

/** @type {typeof import('./thread.ts')} */
const thread = fromSources
  ? await createJiti(import.meta.url, { fsCache: fileURLToPath(CACHE) }).import('./thread.ts')
  : await import('./thread.ts');

if (parentPort) await thread.serveReward(parentPort, plugin);
