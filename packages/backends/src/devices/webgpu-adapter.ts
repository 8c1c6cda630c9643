/** Queries the WebGPU adapter of this machine through the npm package `webgpu` (Dawn), in a process of its own. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { installText } from '@loci/core';
import type { Missing } from './missing.ts';

const require = createRequire(import.meta.url);

/** The device of WebGPU. */
export interface WebgpuAdapter {
  /** Vendor, architecture and driver, in words. */
  readonly words: string;
  /** Whether it computes on the CPU. */
  readonly software: boolean;
}

/** An adapter's description of itself. */
export interface AdapterInfo {
  readonly vendor?: string;
  readonly architecture?: string;
  readonly description?: string;
}

/** Drivers that compute on the CPU. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|software/i;

const PATIENCE_MS = 60_000;

/** An adapter in words. */
export function describeAdapter({
  vendor = '',
  architecture = '',
  description = '',
}: AdapterInfo = {}): WebgpuAdapter {
  const words = [vendor, architecture, description].filter(Boolean).join(' ') || 'unnamed';
  return { words, software: SOFTWARE.test(words) };
}

/** The advice for a machine without an adapter. */
export const DRIVER_HELP =
  'install the Vulkan driver of your GPU, or compute on the CPU with a software driver (docs/gpu.md)';

/** Where Vulkan looks for drivers on Linux. */
const MANIFESTS = [
  '/usr/share/vulkan/icd.d',
  '/usr/local/share/vulkan/icd.d',
  '/etc/vulkan/icd.d',
  '/etc/xdg/vulkan/icd.d',
  '/run/opengl-driver/share/vulkan/icd.d',
  join(process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local/share'), 'vulkan/icd.d'),
];
const MANIFEST_VARIABLES = ['VK_ICD_FILENAMES', 'VK_DRIVER_FILES', 'VK_ADD_DRIVER_FILES'];

/** Whether there can be a driver at all; outside Linux it comes with the system. */
function mayHaveDriver(environment: NodeJS.ProcessEnv): boolean {
  if (process.platform !== 'linux') return true;
  if (MANIFEST_VARIABLES.some((name) => environment[name])) return true;
  return MANIFESTS.some((folder) => existsSync(folder) && readdirSync(folder).length > 0);
}

/**
 * Queries the adapter in a child process, so that this process survives if the package aborts.
 *
 * @param added to the environment of the child process.
 */
export async function findWebgpuAdapter(
  added: Readonly<Record<string, string>> = {},
): Promise<WebgpuAdapter | Missing> {
  const env = { ...process.env, ...added };
  if (!mayHaveDriver(env)) return { missing: 'no Vulkan driver is installed', help: DRIVER_HELP };
  let module: string;
  try {
    module = pathToFileURL(require.resolve('webgpu')).href;
  } catch {
    return {
      missing: 'the adapter of WebGPU is unknown: the package webgpu is not installed',
      help: installText('webgpu'),
    };
  }
  const script = `const { create } = await import(${JSON.stringify(module)});
    const adapter = await create([]).requestAdapter({ powerPreference: 'high-performance' });
    const { vendor, architecture, description } = adapter?.info ?? {};
    process.stdout.write(JSON.stringify(adapter ? { vendor, architecture, description } : null));
    process.exit(0);`;
  const flags = ['--input-type=module', '-e', script];
  return new Promise((resolve) => {
    execFile(process.execPath, flags, { timeout: PATIENCE_MS, env }, (error, stdout, stderr) => {
      const found = stdout.startsWith('{') ? (JSON.parse(stdout) as AdapterInfo) : undefined;
      if (found) resolve(describeAdapter(found));
      else {
        const failure = /Error: (.{1,240})/.exec(stderr)?.[1];
        const why = failure === undefined ? '' : ` (${failure})`;
        const how = error ? `failed when queried for an adapter${why}` : 'finds no adapter';
        resolve({ missing: `WebGPU ${how}`, help: DRIVER_HELP });
      }
    });
  });
}
