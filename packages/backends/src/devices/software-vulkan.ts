/**
 * Finds a Vulkan driver that computes on the CPU, so that WebGPU can be tried without a GPU. Chromium and its derivatives come with one,
 * SwiftShader, and a Vulkan loader beside it. A process finds the loader through the environment that it starts with, so the result is an
 * environment for starting a process.
 */
import { existsSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Missing } from './missing.ts';

/** Environment variable that names the driver: its library, or the JSON file that describes it to a Vulkan loader. */
const DRIVER_VARIABLE = 'LOCI_VULKAN_DRIVER';

/** A driver, and the environment that a process needs to use it. */
export interface SoftwareVulkan {
  /** Library or description file. */
  readonly driver: string;
  /** How it was found, in words. */
  readonly foundBy: string;
  readonly environment: Readonly<Record<string, string>>;
}

const LIBRARY = 'libvk_swiftshader.so';
const LOADER = 'libvulkan.so.1';

const BROWSER_FOLDERS = [
  '/usr/lib/chromium',
  '/usr/lib/chromium-browser',
  '/usr/lib64/chromium-browser',
  '/snap/chromium/current/usr/lib/chromium-browser',
  '/opt/google/chrome',
  '/opt/google/chrome-beta',
  '/opt/chromium.org/chromium',
  '/opt/microsoft/msedge',
  '/opt/brave.com/brave',
];

const LOADER_FOLDERS = [
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
  '/lib/x86_64-linux-gnu',
  '/usr/lib64',
  '/usr/lib',
  '/usr/local/lib',
];

/** Folders of browsers that Playwright downloaded. */
function playwrightFolders(): string[] {
  const cache = join(homedir(), '.cache/ms-playwright');
  if (!existsSync(cache)) return [];
  return readdirSync(cache)
    .filter((name) => name.startsWith('chromium'))
    .flatMap((name) => readdirSync(join(cache, name)).map((inner) => join(cache, name, inner)));
}

function findDriver(): { readonly driver: string; readonly foundBy: string } | undefined {
  const named = process.env[DRIVER_VARIABLE];
  if (named) return { driver: named, foundBy: `named by ${DRIVER_VARIABLE}` };
  const folders = [...BROWSER_FOLDERS, ...playwrightFolders()];
  const folder = folders.find((place) => existsSync(join(place, LIBRARY)));
  if (folder === undefined) return undefined;
  return { driver: join(folder, LIBRARY), foundBy: 'found in the folder of a browser' };
}

/** The JSON file that describes a driver library to a Vulkan loader; written where there is none. */
function descriptionOf(driver: string): string {
  if (driver.endsWith('.json')) return driver;
  const beside = join(dirname(driver), 'vk_swiftshader_icd.json');
  if (existsSync(beside)) return beside;
  const file = join(mkdtempSync(join(tmpdir(), 'loci-vulkan-')), 'icd.json');
  const icd = { library_path: driver, api_version: '1.1.0' };
  writeFileSync(file, JSON.stringify({ file_format_version: '1.0.0', ICD: icd }));
  return file;
}

/** Looks for a driver in `LOCI_VULKAN_DRIVER`, then in the folders of browsers. Linux only. */
export function findSoftwareVulkan(): SoftwareVulkan | Missing {
  const help = `install Chromium (Debian: apt-get install chromium-common), or name a driver library in ${DRIVER_VARIABLE}`;
  const found = findDriver();
  if (!found) return { missing: 'no software Vulkan driver was found', help };
  const { driver, foundBy } = found;
  if (!existsSync(driver)) return { missing: `${driver}, ${foundBy}, does not exist`, help };
  const description = descriptionOf(driver);
  const environment: Record<string, string> = {
    VK_ICD_FILENAMES: description,
    VK_DRIVER_FILES: description,
  };
  if (!LOADER_FOLDERS.some((folder) => existsSync(join(folder, LOADER)))) {
    const folder = dirname(driver);
    if (!existsSync(join(folder, LOADER))) {
      return {
        missing: `${basename(driver)} was found, but no Vulkan loader (${LOADER})`,
        help: 'install the loader (Debian: apt-get install libvulkan1)',
      };
    }
    const before = process.env['LD_LIBRARY_PATH'];
    environment['LD_LIBRARY_PATH'] = before ? `${folder}:${before}` : folder;
  }
  return { driver, foundBy, environment };
}
