/**
 * Loads TensorFlow's C library through `@tensorflow/tfjs-node` and `@tensorflow/tfjs-node-gpu`. Their install scripts fetch a library of
 * their own; without it the packages cannot be loaded. A child process tries that, so that this process survives an aborting binding.
 */
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { installText, messageOf } from '@loci/core';
import type { Missing } from '../../devices/missing.ts';
import type { Tf } from '../tf.ts';

const require = createRequire(import.meta.url);

/** The packages; a process loads at most one of them. */
export type NativePackage = '@tensorflow/tfjs-node' | '@tensorflow/tfjs-node-gpu';

const PROBE_MS = 60_000;

/** A function that the binding's JavaScript calls and Node 23 removed from `util`. */
const SHIM = 'const util = require("node:util"); util.isNullOrUndefined ??= (x) => x == null;';

/** The command that runs a package's install script, which this repository does not run. */
function commandFor(name: NativePackage): string {
  return `npm rebuild ${name} --ignore-scripts=false`;
}

function folderOf(name: NativePackage): string | undefined {
  try {
    return dirname(require.resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}

function hasBinding(folder: string): boolean {
  try {
    return readdirSync(join(folder, 'lib')).some((entry) =>
      readdirSync(join(folder, 'lib', entry)).includes('tfjs_binding.node'),
    );
  } catch {
    return false;
  }
}

/** A package that loads, and whether it runs on a GPU. */
export interface NativeProbe {
  readonly folder: string;
  readonly gpu: boolean;
}

/** Tries a package in a process of its own. */
export async function probeNative(name: NativePackage): Promise<NativeProbe | Missing> {
  const folder = folderOf(name);
  if (folder === undefined) {
    return { missing: `${name} is not installed`, help: installText(`${name}@4.22.0`) };
  }
  if (!hasBinding(folder)) {
    return {
      missing: `${name} has no native binding: its install script did not run`,
      help: `${commandFor(name)}, or build it (docs/tensorflow.md)`,
    };
  }
  const script = `${SHIM} const tf = require(${JSON.stringify(folder)});
    process.stdout.write('gpu=' + (tf.backend().isUsingGpuDevice === true));`;
  return new Promise((resolve) => {
    execFile(process.execPath, ['-e', script], { timeout: PROBE_MS }, (error, stdout, stderr) => {
      const found = /gpu=(true|false)/.exec(stdout)?.[1];
      if (error === null && found) resolve({ folder, gpu: found === 'true' });
      else {
        const complaints = (stderr || messageOf(error))
          .split('\n')
          .filter((line) => /error|cannot/i.test(line));
        resolve({
          missing: `${name} cannot be loaded${complaints[0] ? ` (${complaints[0].trim().slice(0, 200)})` : ''}`,
          help: `${commandFor(name)}, or build it (docs/tensorflow.md)`,
        });
      }
    });
  });
}

/**
 * Loads a package that a probe found.
 *
 * @param threads within an operation; the library reads them once, from the environment.
 */
export function loadNative({ folder }: NativeProbe, threads: number): Tf {
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  process.env['TF_NUM_INTRAOP_THREADS'] ??= String(threads);
  const util = require('node:util') as { isNullOrUndefined?: (x: unknown) => boolean };
  util.isNullOrUndefined ??= (x) => x === null || x === undefined;
  return require(folder) as Tf;
}
