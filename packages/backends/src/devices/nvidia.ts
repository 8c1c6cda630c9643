/** Finds the NVIDIA GPU of this machine through its driver. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Missing } from './missing.ts';

/** A GPU and its driver. */
export interface NvidiaGpu {
  readonly name: string;
  readonly driver: string;
  readonly memoryMegabytes: number;
}

const QUERY = ['--query-gpu=name,driver_version,memory.total', '--format=csv,noheader,nounits'];
const PATIENCE_MS = 20_000;

/** Asks `nvidia-smi` for the first GPU. */
export async function findNvidiaGpu(): Promise<NvidiaGpu | Missing> {
  const help = 'install the NVIDIA driver and check that nvidia-smi lists the GPU';
  try {
    const { stdout } = await promisify(execFile)('nvidia-smi', QUERY, { timeout: PATIENCE_MS });
    const [name, driver, memory] = (stdout.trim().split('\n')[0] ?? '').split(', ');
    if (name && driver) return { name, driver, memoryMegabytes: Number(memory) };
    return { missing: 'nvidia-smi lists no GPU', help };
  } catch {
    return { missing: 'no NVIDIA GPU was found (nvidia-smi does not answer)', help };
  }
}
