// @ts-check
/**
 * Finds and loads ONNX Runtime: the npm package `onnxruntime-node` in the version that Loci was tested with, where a user installed it (for
 * CUDA); otherwise the copy of its CPU binaries in this package, or in the package of this platform beside it. Plain JavaScript, because
 * worker threads need it.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);

/** The npm package. */
export const PACKAGE = 'onnxruntime-node';

/** @typedef {{ readonly folder: string; readonly version: string; readonly isOurs: boolean }} Found */

/** The version that Loci was tested with: another one on the machine belongs to another program. */
export const WANTED = /** @type {string} */ (
  JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'))
    .devDependencies[PACKAGE]
);

/** This platform by its name in packages. */
export const PLATFORM = `${process.platform}-${process.arch}`;

/**
 * Finds ONNX Runtime without loading it.
 *
 * @returns {Found | undefined} undefined where there is none for this platform.
 */
export function findOnnxRuntime() {
  const installed = folderOf(PACKAGE);
  if (installed !== undefined && versionIn(installed) === WANTED) {
    return { folder: installed, version: WANTED, isOurs: false };
  }
  const carried = fileURLToPath(new URL(`../../vendor/${PACKAGE}/`, import.meta.url));
  const beside = folderOf(`@loci/onnxruntime-${PLATFORM}`);
  const folder = [carried, beside].find((one) => one !== undefined && hasBinaries(one));
  return folder === undefined ? undefined : { folder, version: WANTED, isOurs: true };
}

/**
 * Loads it.
 *
 * @returns {typeof import('onnxruntime-node')}
 * @throws Error where there is none.
 */
export function loadOnnxRuntime() {
  const found = findOnnxRuntime();
  if (found === undefined) throw new Error(`there is no ONNX Runtime for ${PLATFORM}`);
  return require(found.folder);
}

/** @param {string} name @returns {string | undefined} */
function folderOf(name) {
  try {
    return dirname(require.resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}

/** @param {string} folder @returns {string} */
function versionIn(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;
}

/** @param {string} folder */
function hasBinaries(folder) {
  const at = join(folder, 'bin/napi-v6', process.platform, process.arch);
  return existsSync(join(at, 'onnxruntime_binding.node'));
}
