/** The engines that run on a GPU, and which of them start on this machine. */
import {
  findNvidiaGpu,
  findVulkanEnvironment,
  machineProbes,
  probeNative,
} from '@loci/backends/internal';
import type { Missing, NvidiaGpu } from '@loci/backends/internal';

/** An engine on a device, with the words by which each command asks for it. */
export interface GpuTarget {
  readonly name: string;
  readonly engine: 'onnx' | 'tfjs';
  /** Flags of `tools:parity` and `backends:bench`. */
  readonly flags: readonly string[];
  /** Settings of `cli:train`. */
  readonly settings: readonly string[];
}

function onnx(provider: string): GpuTarget {
  return {
    name: `onnx:${provider}`,
    engine: 'onnx',
    flags: ['--engine', 'onnx', '--provider', provider],
    settings: ['policy.use=onnx', `policy.provider=${provider}`],
  };
}

function tfjs(backend: string): GpuTarget {
  return {
    name: `tfjs:${backend}`,
    engine: 'tfjs',
    flags: ['--engine', 'tfjs', '--backend', backend],
    settings: ['policy.use=tfjs', `policy.engine=${backend}`],
  };
}

/** The targets that run on a GPU. */
export const GPU_TARGETS: readonly GpuTarget[] = [
  onnx('cuda'),
  onnx('webgpu'),
  tfjs('node-gpu'),
  tfjs('webgpu'),
];

/** The same machine's CPU, which the others are timed beside. */
export const CPU_TARGET: GpuTarget = onnx('cpu');

/** A target that is to be tried, on what, and with what environment; or why it is not. */
export type Availability =
  { readonly device: string; readonly environment: Readonly<Record<string, string>> } | Missing;

/** The machine that the targets run on. */
export interface GpuMachine {
  readonly gpu: NvidiaGpu | Missing;
  readonly targets: ReadonlyMap<string, Availability>;
}

/** WebGPU on a GPU, or on a software driver when that is wanted. */
async function webgpu(software: boolean): Promise<Availability> {
  const found = await findVulkanEnvironment();
  if ('missing' in found) return found;
  const { adapter, words, environment } = found;
  if (adapter.software && !software) {
    return {
      missing: `WebGPU's only adapter computes on the CPU (${words})`,
      help: 'install the driver of your GPU, or say --software to run on it all the same',
    };
  }
  return { device: words, environment };
}

async function cuda(gpu: NvidiaGpu | Missing): Promise<Availability> {
  const absent = machineProbes.library('cuda') ?? ('missing' in gpu ? gpu : undefined);
  if (absent) return absent;
  const failed = await machineProbes.run('cuda');
  return failed ?? { device: deviceOf(gpu), environment: {} };
}

async function nodeGpu(gpu: NvidiaGpu | Missing): Promise<Availability> {
  const probe = await probeNative('@tensorflow/tfjs-node-gpu');
  if ('missing' in probe) return probe;
  if (probe.gpu) return { device: deviceOf(gpu), environment: {} };
  return {
    missing: '@tensorflow/tfjs-node-gpu loads, but finds no GPU',
    help: 'check nvidia-smi and the CUDA and cuDNN that its binding wants',
  };
}

function deviceOf(gpu: NvidiaGpu | Missing): string {
  return 'missing' in gpu
    ? 'a GPU that nvidia-smi does not know'
    : `${gpu.name}, driver ${gpu.driver}`;
}

/** Looks at this machine. @param software whether a software Vulkan driver counts. */
export async function lookAtMachine(software: boolean): Promise<GpuMachine> {
  const gpu = await findNvidiaGpu();
  const adapter = await webgpu(software);
  const targets = new Map<string, Availability>([
    ['onnx:cuda', await cuda(gpu)],
    ['onnx:webgpu', adapter],
    ['tfjs:node-gpu', await nodeGpu(gpu)],
    ['tfjs:webgpu', adapter],
  ]);
  return { gpu, targets };
}
