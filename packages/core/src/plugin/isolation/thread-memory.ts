/**
 * The memory of a reward's thread, buffers outside of its heap included. Node limits only the heap. The thread checks the rest itself
 * between turns of its event loop, and the main thread checks a thread that is stuck in one turn.
 */
import { getHeapStatistics } from 'node:v8';
import type { Worker } from 'node:worker_threads';

const MB = 2 ** 20;

/** Milliseconds between two checks. */
const EVERY_MS = 100;

/** Event loop utilization from which on a thread counts as stuck in one turn. */
const STUCK = 0.95;

/** Mebibytes that the process may grow by for other reasons while a thread is stuck. */
const OTHERS_MB = 256;

/** Whether this thread exceeds the limit with heap and external memory, the latter being at least a quarter of it. */
function hasTooMuch(memoryMb: number): boolean {
  const { used_heap_size: heap, external_memory: outside } = getHeapStatistics();
  return outside > (memoryMb * MB) / 4 && heap + outside > memoryMb * MB;
}

/** Checks the memory of this thread regularly, and at each call of `check`. */
export function watchOwnMemory(memoryMb: number, onExcess: () => void): { check(): void } {
  const check = (): void => {
    if (hasTooMuch(memoryMb)) onExcess();
  };
  setInterval(check, EVERY_MS).unref();
  return { check };
}

/**
 * Watches, from the main thread, a thread that is too busy to check itself. While it works without a pause, the growth of the process counts
 * as its own, minus an allowance for the rest of the process. When two threads grow at once, either may be ended for the other.
 *
 * @returns A function that ends the watch.
 */
export function watchStuckThread(
  worker: Worker,
  memoryMb: number,
  onExcess: () => void,
): () => void {
  let last = worker.performance.eventLoopUtilization();
  let before = process.memoryUsage.rss();
  const timer = setInterval(() => {
    const now = worker.performance.eventLoopUtilization();
    const { utilization } = worker.performance.eventLoopUtilization(now, last);
    last = now;
    const rss = process.memoryUsage.rss();
    if (utilization < STUCK) before = rss;
    else if (rss - before > (memoryMb + OTHERS_MB) * MB) onExcess();
  }, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
