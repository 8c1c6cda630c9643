/** The adapter that WebGPU gives on this machine, by the npm package `webgpu` (Dawn), asked in a process of its own. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { installText } from '@loci/core';
import type { Missing } from './missing.ts';

const require = createRequire(import.meta.url);

/** What WebGPU would run on. */
export interface WebgpuAdapter {
  /** Vendor, architecture and driver, for people to read. */
  readonly words: string;
  /** Whether it computes on the CPU. */
  readonly software: boolean;
}

/** What an adapter says of itself. */
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

/** What helps where there is no adapter. */
export const DRIVER_HELP =
  'install the Vulkan driver of your GPU, or compute on the CPU with a software driver as docs/engines.md says';

/** Where drivers are made known to Vulkan on Linux. */
const MANIFESTS = [
  '/usr/share/vulkan/icd.d',
  '/usr/local/share/vulkan/icd.d',
  '/etc/vulkan/icd.d',
  '/etc/xdg/vulkan/icd.d',
  '/run/opengl-driver/share/vulkan/icd.d',
  join(process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local/share'), 'vulkan/icd.d'),
];
const MANIFEST_VARIABLES = ['VK_ICD_FILENAMES', 'VK_DRIVER_FILES', 'VK_ADD_DRIVER_FILES'];

/** Whether there can be a driver at all; elsewhere than on Linux it comes with the system. */
function mayHaveDriver(environment: NodeJS.ProcessEnv): boolean {
  if (process.platform !== 'linux') return true;
  if (MANIFEST_VARIABLES.some((name) => environment[name])) return true;
  return MANIFESTS.some((folder) => existsSync(folder) && readdirSync(folder).length > 0);
}

/**
 * Asks for the adapter. That the package aborts, if it does, takes nothing with it.
 *
 * @param added to the environment of the process that asks.
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
      missing: 'which adapter WebGPU has cannot be told: the package webgpu is not installed',
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
        const said = /Error: (.{1,240})/.exec(stderr)?.[1];
        const why = said === undefined ? '' : ` (${said})`;
        const how = error ? `ended badly when asked for an adapter${why}` : 'finds no adapter';
        resolve({ missing: `WebGPU ${how}`, help: DRIVER_HELP });
      }
    });
  });
}
