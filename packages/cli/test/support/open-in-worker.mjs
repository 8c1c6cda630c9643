/** A program that uses Loci from a worker thread alone; its environment there is a copy that lacks everything. */
import { Worker, isMainThread, workerData } from 'node:worker_threads';

if (isMainThread) {
  const [model] = process.argv.slice(2);
  new Worker(new URL(import.meta.url), { workerData: { model }, env: {} });
} else {
  const { openOnnxPolicy } = await import('@loci/backends');
  const policy = await openOnnxPolicy({ model: workerData.model, threads: 1, provider: 'cpu' });
  process.stdout.write(policy.capabilities.description);
  await policy.dispose();
}
