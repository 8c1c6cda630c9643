/** Runs one TensorFlow.js engine in a worker thread: a training step must not block progress and Ctrl-C. */
import { parentPort, workerData } from 'node:worker_threads';
import { serveEngine } from './serve.ts';
import type { EngineStart } from './messages.ts';

if (parentPort) await serveEngine(parentPort, workerData as EngineStart);
