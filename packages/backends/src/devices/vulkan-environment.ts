/** Finds the environment in which a process has a WebGPU adapter: its own, or that of a software driver. */
import { spawnSync } from 'node:child_process';
import type { Missing } from './missing.ts';
import { findSoftwareVulkan } from './software-vulkan.ts';
import { findWebgpuAdapter } from './webgpu-adapter.ts';
import type { WebgpuAdapter } from './webgpu-adapter.ts';

/** A WebGPU adapter, and how to start a process that has it. */
export interface VulkanEnvironment {
  /** Additions to the environment; empty for this machine's own driver. */
  readonly environment: Readonly<Record<string, string>>;
  readonly adapter: WebgpuAdapter;
  /** Adapter, driver and how it was found, in words. */
  readonly words: string;
}

/** The machine's own adapter, or else that of a software driver, after a query of its name. */
export async function findVulkanEnvironment(): Promise<VulkanEnvironment | Missing> {
  const own = await findWebgpuAdapter();
  if (!('missing' in own)) {
    return { environment: {}, adapter: own, words: `${own.words}, by the driver of this machine` };
  }
  const software = findSoftwareVulkan();
  if ('missing' in software) {
    return { missing: `${own.missing}, and ${software.missing}`, help: software.help };
  }
  const { environment, driver, foundBy } = software;
  const adapter = await findWebgpuAdapter(environment);
  if ('missing' in adapter) {
    return { missing: `${adapter.missing} with ${driver} (${foundBy})`, help: adapter.help };
  }
  return { environment, adapter, words: `${adapter.words}, by ${driver} (${foundBy})` };
}

/**
 * Runs the same command again with the environment of a software driver when this process has no WebGPU adapter, and logs it.
 *
 * @returns the exit code of that run; undefined without need or without a driver: this process continues.
 */
export async function rerunOnVulkan(say: (line: string) => void): Promise<number | undefined> {
  const found = await findVulkanEnvironment();
  if ('missing' in found || Object.keys(found.environment).length === 0) return undefined;
  say(`WebGPU: ${found.words}`);
  const { status } = spawnSync(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    env: { ...process.env, ...found.environment },
    stdio: 'inherit',
  });
  return status ?? 1;
}
