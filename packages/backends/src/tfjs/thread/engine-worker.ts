/** A worker thread that runs one TensorFlow.js engine: a training step must not hold up progress and Ctrl-C. */
import { parentPort, workerData } from 'node:worker_threads';
import { serveEngine } from './serve.ts';
import type { EngineStart } from './messages.ts';

if (parentPort) await serveEngine(parentPort, workerData as EngineStart);
