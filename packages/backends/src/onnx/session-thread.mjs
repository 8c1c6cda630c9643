// @ts-check
/** Where the session worker begins: ONNX Runtime is loaded when its usage reports are off, and not before. */
import { workerData } from 'node:worker_threads';
import { switchReportsOff } from './start/usage-reports.mjs';

/** @type {import('../graph/engine/runtime-messages.ts').WorkerSettings} */
const { areReportsOff } = workerData;

if (!areReportsOff) await switchReportsOff();
await import('./session-worker.mjs');
