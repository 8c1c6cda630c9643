/** Picks and starts a backend: the chosen one or an error, and for `auto` the first available with the reasons against the others. */
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { LociError } from '@loci/core';
import { missingPackage } from '../../devices/missing.ts';
import type { Missing } from '../../devices/missing.ts';
import { takeChosen } from '../../devices/take-chosen.ts';
import { flaggedProducts, transposedProducts } from '../ops/products.ts';
import type { Tf } from '../tf.ts';
import { TFJS_ENGINES } from './backend.ts';
import type { StartedBackend, TfjsEngineName } from './backend.ts';
import { loadNative, probeNative } from './native.ts';
import type { NativeProbe } from './native.ts';
import { prepareWebgpu } from './webgpu.ts';

const require = createRequire(import.meta.url);

/** The choice of a backend: a name, or the fastest available. */
export type TfjsEngineChoice = 'auto' | TfjsEngineName;

/** A backend without the reason for it. */
type Started = Omit<StartedBackend, 'description' | 'reason'> & { readonly device: string };

const CPU_PACKAGE = '@tensorflow/tfjs-node';
const GPU_PACKAGE = '@tensorflow/tfjs-node-gpu';
const LIBRARY = '@tensorflow/tfjs';
const WASM_PACKAGE = '@tensorflow/tfjs-backend-wasm';
/** The version of all packages of TensorFlow.js. */
const VERSION = '4.22.0';

/** The wasm backend addresses 4 GB and silently corrupts data beyond; a run needs the rest. */
const WASM_BYTES = 3 * 2 ** 30;

async function gpu(threads: number): Promise<Started | Missing> {
  const probe = await probeNative(GPU_PACKAGE);
  if ('missing' in probe) return probe;
  if (!probe.gpu) {
    return {
      missing: `${GPU_PACKAGE} finds no GPU`,
      help: 'check nvidia-smi and that the CUDA and cuDNN of the binding are installed (4.22.0 needs CUDA 11.2 and cuDNN 8.1)',
    };
  }
  return native('node-gpu', probe, 'GPU', threads);
}

/** On the CPU by its own package, or by the other one if only that is installed and finds no GPU. */
async function node(threads: number): Promise<Started | Missing> {
  const probe = await probeNative(CPU_PACKAGE);
  if ('folder' in probe) return native('node', probe, `CPU, ${counted(threads)}`, threads);
  const other = await probeNative(GPU_PACKAGE);
  if ('missing' in other || other.gpu) return probe;
  return native('node', other, `CPU through ${GPU_PACKAGE}, ${counted(threads)}`, threads);
}

async function native(
  engine: TfjsEngineName,
  probe: NativeProbe,
  device: string,
  threads: number,
): Promise<Started> {
  const tf = loadNative(probe, threads);
  await activate(tf, 'tensorflow');
  const products = flaggedProducts(tf, true);
  return { tf, engine, device, products, memoryLimit: Infinity };
}

/** The library itself, which the native packages include and the other backends need. */
function loadLibrary(): Tf | Missing {
  const wanted = `${LIBRARY}@${VERSION} ${WASM_PACKAGE}@${VERSION}`;
  return missingPackage(LIBRARY, wanted) ?? (require(LIBRARY) as Tf);
}

async function webgpu(choice: TfjsEngineChoice): Promise<Started | Missing> {
  const tf = loadLibrary();
  if ('missing' in tf) return tf;
  const found = await prepareWebgpu(tf);
  if ('missing' in found) return found;
  if (choice === 'auto' && found.software) {
    return {
      missing: `WebGPU's only adapter, ${found.words}, computes on the CPU`,
      help: 'install the driver of your GPU',
    };
  }
  await activate(tf, 'webgpu');
  const products = flaggedProducts(tf);
  return { tf, engine: 'webgpu', device: found.words, products, memoryLimit: Infinity };
}

async function wasm(): Promise<Started | Missing> {
  const tf = loadLibrary();
  if ('missing' in tf) return tf;
  const absent = missingPackage(WASM_PACKAGE, `${WASM_PACKAGE}@${VERSION}`);
  if (absent) return absent;
  require(WASM_PACKAGE);
  await activate(tf, 'wasm');
  const products = transposedProducts(tf);
  return { tf, engine: 'wasm', device: 'CPU, 1 thread', products, memoryLimit: WASM_BYTES };
}

async function cpu(): Promise<Started | Missing> {
  const tf = loadLibrary();
  if ('missing' in tf) return tf;
  await activate(tf, 'cpu');
  const products = flaggedProducts(tf);
  return { tf, engine: 'cpu', device: 'CPU, JavaScript', products, memoryLimit: Infinity };
}

/** Checks the active backend: a failing `setBackend` returns false and leaves another one active. */
async function activate(tf: Tf, name: string): Promise<void> {
  tf.enableProdMode();
  const done = await tf.setBackend(name);
  await tf.ready();
  const active = tf.getBackend();
  if (done && active === name) return;
  throw new LociError(
    'engine-unavailable',
    `TensorFlow.js did not start its backend "${name}"; "${active}" is active instead`,
  );
}

function counted(threads: number): string {
  return `${threads} thread${threads === 1 ? '' : 's'}`;
}

function start(
  engine: TfjsEngineName,
  choice: TfjsEngineChoice,
  threads: number,
): Promise<Started | Missing> {
  switch (engine) {
    case 'node-gpu':
      return gpu(threads);
    case 'node':
      return node(threads);
    case 'webgpu':
      return webgpu(choice);
    case 'wasm':
      return wasm();
    case 'cpu':
      return cpu();
  }
}

/**
 * Starts the chosen backend; `auto` takes the first available of `TFJS_ENGINES`.
 *
 * @param threads within an operation of the native backends; by default all cores. The others have one.
 * @throws LociError `engine-unavailable` with what is missing and how to get it.
 */
export async function startBackend(
  choice: TfjsEngineChoice,
  threads = availableParallelism(),
): Promise<StartedBackend> {
  const { found, why } = await takeChosen('TensorFlow.js engine', choice, TFJS_ENGINES, (engine) =>
    start(engine, choice, threads),
  );
  const { device, ...started } = found;
  const { tf, engine } = started;
  return {
    ...started,
    description: `TensorFlow.js ${tf.version_core}, ${engine} on ${device}`,
    reason: why,
  };
}
