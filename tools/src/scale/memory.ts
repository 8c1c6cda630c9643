/** Resident memory of this process: its peak between two points, and a guard that ends it before the machine suffers. */
import { readFile, writeFile } from 'node:fs/promises';

/** Gibibytes of a number of bytes, two decimals. */
export function gib(bytes: number): number {
  return Number((bytes / 2 ** 30).toFixed(2));
}

/** Starts the count of the peak anew. Only Linux can; elsewhere the peak is that of the whole process. */
export async function resetPeak(): Promise<void> {
  await writeFile('/proc/self/clear_refs', '5').catch(() => undefined);
}

/** Most resident bytes since `resetPeak`. */
export async function peakBytes(): Promise<number> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  const kilobytes = /VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? process.resourceUsage().maxRSS;
  return Number(kilobytes) * 1024;
}

/** Ends the process with code 3 as soon as it holds more than the limit. */
export function guardMemory(limitGib: number): void {
  const watch = setInterval(() => {
    const held = process.memoryUsage.rss();
    if (held <= limitGib * 2 ** 30) return;
    console.error(`scale: ${gib(held)} GiB are held, more than --limit ${limitGib}: stopped`);
    process.exit(3);
  }, 100);
  watch.unref();
}
