// @ts-check
/** Starts the session worker: loads ONNX Runtime only after its usage reports are switched off. */
import { workerData } from 'node:worker_threads';
import { switchReportsOff } from './start/usage-reports.mjs';

/** @type {import('../graph/engine/runtime-messages.ts').WorkerSettings} */
const { areReportsOff } = workerData;

if (!areReportsOff) await switchReportsOff();
await import('./session-worker.mjs');
