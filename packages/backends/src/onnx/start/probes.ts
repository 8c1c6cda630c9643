/** Probes a provider before it is chosen: files, drivers, and a run of a small model. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installText } from '@loci/core';
import type { Missing } from '../../devices/missing.ts';
import { findNvidiaGpu } from '../../devices/nvidia.ts';
import type { NvidiaGpu } from '../../devices/nvidia.ts';
import { findWebgpuAdapter } from '../../devices/webgpu-adapter.ts';
import type { WebgpuAdapter } from '../../devices/webgpu-adapter.ts';
import { GraphBuilder } from '../../graph/ir/builder.ts';
import { serialize } from '../../graph/ir/serialize.ts';
import { PACKAGE, PLATFORM, WANTED, findOnnxRuntime } from './onnxruntime.mjs';
import type { OnnxProviderName } from './provider.ts';
import { REPORTS_OFF } from './usage-reports.mjs';

/** The probes of a machine. */
export interface ProviderProbes {
  /** Undefined where the package of ONNX Runtime is installed. */
  runtime(): Missing | undefined;
  /** Undefined where the library of a provider outside npm exists. */
  library(provider: 'cuda' | 'tensorrt'): Missing | undefined;
  gpu(): Promise<NvidiaGpu | Missing>;
  adapter(): Promise<WebgpuAdapter | Missing>;
  /** Runs a small model on a provider; undefined when every node ran there and the numbers are right. */
  run(provider: OnnxProviderName): Promise<Missing | undefined>;
}

const PATIENCE_MS = 120_000;

/** Providers as ONNX Runtime's profiles name them. */
const PROFILE_NAMES: Readonly<Record<OnnxProviderName, string>> = {
  tensorrt: 'TensorrtExecutionProvider',
  cuda: 'CUDAExecutionProvider',
  webgpu: 'WebGpuExecutionProvider',
  cpu: 'CPUExecutionProvider',
};

function library(provider: 'cuda' | 'tensorrt'): Missing | undefined {
  const file = `libonnxruntime_providers_${provider}.so`;
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    const here = `${process.platform} ${process.arch}`;
    return {
      missing: `onnxruntime-node has no ${provider} provider for ${here}`,
      help: 'use webgpu, or a Linux x64 machine',
    };
  }
  const found = findOnnxRuntime();
  if (found === undefined || found.isOurs) {
    return {
      missing: `the ONNX Runtime that comes with Loci has no ${provider}`,
      help: `${installText(`${PACKAGE}@${WANTED}`)}, its install script allowed, with CUDA 12 and cuDNN 9 on the machine (docs/gpu.md)`,
    };
  }
  const bindings = join(found.folder, 'bin');
  const there = readdirSync(bindings).some((version) =>
    existsSync(join(bindings, version, 'linux/x64', file)),
  );
  if (there) return undefined;
  return {
    missing: `${file} is missing: the install script of onnxruntime-node did not run`,
    help: 'npm rebuild onnxruntime-node --ignore-scripts=false, with CUDA 12 and cuDNN 9 on the machine',
  };
}

function runtime(): Missing | undefined {
  if (findOnnxRuntime() !== undefined) return undefined;
  return {
    missing: `@loci/backends was packed without ONNX Runtime for ${PLATFORM}`,
    help: installText(`${PACKAGE}@${WANTED}`),
  };
}

/** `y = x² + x` */
function smallModel(): Uint8Array {
  const graph = new GraphBuilder();
  const x = graph.input('x', [3]);
  graph.output(graph.emit('Add', [graph.emit('Mul', [x, x], [3]), x], [3]), 'y');
  return serialize(graph);
}

const EXPECTED = [2, 6, 12];

/** Judges the output of the probe's process. */
function verdict(provider: OnnxProviderName, stdout: string, stderr: string): Missing | undefined {
  const help =
    provider === 'webgpu'
      ? 'install the Vulkan driver of your GPU, or use a software driver (docs/gpu.md)'
      : 'check nvidia-smi, and that CUDA 12, cuDNN 9 (and TensorRT 10 for tensorrt) are on LD_LIBRARY_PATH';
  const line = stdout.split('\n').find((text) => text.startsWith('{"values"'));
  if (!line) {
    const failure = /Error: (.*)/.exec(stderr)?.[1] ?? 'its process ended without a message';
    const short = failure.replace(
      /\S*onnxruntime_src\S*|\bonnxruntime::\S+( \S+::<lambda\S*)?/g,
      '',
    );
    return { missing: `${provider} does not start (${short.trim().slice(0, 240)})`, help };
  }
  const { values, providers } = JSON.parse(line) as {
    readonly values: readonly number[];
    readonly providers: readonly string[];
  };
  const right = EXPECTED.every((value, index) => Math.abs(values[index]! - value) < 1e-4);
  if (!right) return { missing: `${provider} computes wrong numbers (${values.join()})`, help };
  const elsewhere = providers.filter((name) => name !== PROFILE_NAMES[provider]);
  if (elsewhere.length === 0 && providers.length > 0) return undefined;
  return { missing: `the model ran on ${elsewhere.join()} instead of ${provider}`, help };
}

async function run(provider: OnnxProviderName): Promise<Missing | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'loci-provider-'));
  const script = fileURLToPath(new URL('./probe-provider.mjs', import.meta.url));
  const model = Buffer.from(smallModel()).toString('base64');
  const given = [script, provider, model, folder];
  try {
    return await new Promise((resolve) => {
      const env = { ...process.env, [REPORTS_OFF]: '1' };
      execFile(process.execPath, given, { timeout: PATIENCE_MS, env }, (_, stdout, stderr) =>
        resolve(verdict(provider, stdout, stderr)),
      );
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The probes of this machine. */
export const machineProbes: ProviderProbes = {
  runtime,
  library,
  gpu: findNvidiaGpu,
  adapter: findWebgpuAdapter,
  run,
};
