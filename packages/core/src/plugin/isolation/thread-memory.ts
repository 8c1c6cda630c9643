/**
 * The memory of a reward's thread, buffers outside of its heap included. The engine limits the heap alone; the rest is watched from both
 * sides: the thread looks after itself between its turns, and the main thread at a thread that is caught in one.
 */
import { getHeapStatistics } from 'node:v8';
import type { Worker } from 'node:worker_threads';

const MB = 2 ** 20;

/** Milliseconds between two looks. */
const EVERY_MS = 100;

/** Share of the time in which a thread that is caught in a turn works. */
const CAUGHT = 0.95;

/** Mebibytes that the process may grow by for other reasons while a thread is caught in a turn. */
const OTHERS_MB = 256;

/** Whether this thread has too much: its heap, which the engine limits, together with what it keeps outside, where that is a good part. */
export function hasTooMuch(memoryMb: number): boolean {
  const { used_heap_size: heap, external_memory: outside } = getHeapStatistics();
  return outside > (memoryMb * MB) / 4 && heap + outside > memoryMb * MB;
}

/** Looks at the memory of this thread now and then, and whenever it is asked to. */
export function watchOwnMemory(memoryMb: number, onExcess: () => void): { look(): void } {
  const look = (): void => {
    if (hasTooMuch(memoryMb)) onExcess();
  };
  setInterval(look, EVERY_MS).unref();
  return { look };
}

/**
 * Watches, from the main thread, a thread that does not come to look after itself: while it works without a pause, what the process grows by
 * is counted as its own, but for an allowance for the rest of the process. Two threads that grow at once may be blamed for each other.
 *
 * @returns Ends the watch.
 */
export function watchCaughtThread(
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
    if (utilization < CAUGHT) before = rss;
    else if (rss - before > (memoryMb + OTHERS_MB) * MB) onExcess();
  }, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
