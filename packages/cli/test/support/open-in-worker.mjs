/** A program that uses Loci from a worker thread alone; its environment there is a copy that lacks everything. */
import { setTimeout as delay } from 'node:timers/promises';
import { Worker, isMainThread } from 'node:worker_threads';

if (isMainThread) {
  new Worker(new URL(import.meta.url), { env: {} });
} else {
  const { OnnxRuntime } = await import('@loci/backends/internal');
  const runtime = new OnnxRuntime({ threads: 1 });
  // ONNX Runtime starts with the first session, also with one that it refuses.
  const refusal = await runtime.createSession(new Uint8Array([1])).catch((error) => error);
  process.stdout.write(refusal.message);
  // Reports are written beside the work.
  await delay(1_000);
  await runtime.dispose();
}
