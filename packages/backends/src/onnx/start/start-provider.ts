/** Picks an execution provider: the chosen one or an error, and for `auto` the first available with the reasons against the others. */
import { LociError } from '@loci/core';
import type { Missing } from '../../devices/missing.ts';
import { takeChosen } from '../../devices/take-chosen.ts';
import type { LoweringName } from '../../graph/lower/kernels.ts';
import type { ProviderProbes } from './probes.ts';
import { machineProbes } from './probes.ts';
import { ONNX_PROVIDERS } from './provider.ts';
import type { OnnxProviderChoice, OnnxProviderName, StartedProvider } from './provider.ts';

/** Providers that `auto` considers, fastest first. TensorRT builds an engine for every graph, which takes minutes. */
const AUTOMATIC: readonly OnnxProviderName[] = ['cuda', 'webgpu', 'cpu'];

/** Environment variable with the provider that `auto` takes: for tests, and for machines whose GPU has other work. */
const PROVIDER_VARIABLE = 'LOCI_ONNX_PROVIDER';

/** The device of a provider that runs, or what it lacks. */
type Found = { readonly device: string } | Missing;

async function nvidia(provider: 'cuda' | 'tensorrt', probes: ProviderProbes): Promise<Found> {
  const absent = probes.library(provider);
  if (absent) return absent;
  const gpu = await probes.gpu();
  if ('missing' in gpu) return gpu;
  const failed = await probes.run(provider);
  return failed ?? { device: `${gpu.name}, driver ${gpu.driver}` };
}

async function webgpu(choice: OnnxProviderChoice, probes: ProviderProbes): Promise<Found> {
  const adapter = await probes.adapter();
  if (choice === 'auto') {
    if ('missing' in adapter) return adapter;
    if (adapter.software) {
      return {
        missing: `WebGPU's only adapter, ${adapter.words}, computes on the CPU`,
        help: 'install the driver of your GPU',
      };
    }
  }
  const failed = await probes.run('webgpu');
  return failed ?? { device: 'missing' in adapter ? 'an unnamed adapter' : adapter.words };
}

async function find(
  provider: OnnxProviderName,
  choice: OnnxProviderChoice,
  probes: ProviderProbes,
): Promise<Found> {
  const absent = probes.runtime();
  if (absent) return absent;
  switch (provider) {
    case 'cuda':
    case 'tensorrt':
      return nvidia(provider, probes);
    case 'webgpu':
      return webgpu(choice, probes);
    case 'cpu':
      return { device: 'CPU' };
  }
}

/**
 * Takes the chosen provider after running a small model on it; `auto` takes the first available of CUDA, WebGPU and CPU. For `auto`, WebGPU
 * needs an adapter other than a software driver, and CUDA its library and a GPU. The environment variable `LOCI_ONNX_PROVIDER` overrides
 * `auto`.
 *
 * @throws LociError `engine-unavailable` with what is missing and how to get it.
 */
export async function startProvider(
  choice: OnnxProviderChoice,
  probes: ProviderProbes = machineProbes,
): Promise<StartedProvider> {
  const named = choice === 'auto' ? process.env[PROVIDER_VARIABLE] : undefined;
  if (named) {
    const started = await startProvider(knownProvider(named), probes);
    return { ...started, why: `by ${PROVIDER_VARIABLE}` };
  }
  const { name, found, why } = await takeChosen('ONNX provider', choice, AUTOMATIC, (provider) =>
    find(provider, choice, probes),
  );
  return { name, device: found.device, why };
}

function knownProvider(name: string): OnnxProviderName {
  const known = ONNX_PROVIDERS.find((provider) => provider === name);
  if (known) return known;
  throw new LociError(
    'engine-unavailable',
    `${PROVIDER_VARIABLE} is "${name}", but must be one of ${ONNX_PROVIDERS.join(', ')}`,
  );
}

/**
 * The lowering for a provider: `auto` takes `fused` on the CPU, whose operations are for it alone, and `plain` elsewhere.
 *
 * @throws LociError `engine-unavailable` when `fused` is chosen elsewhere: some of its operations give wrong results there.
 */
export function loweringFor(
  provider: OnnxProviderName,
  choice: 'auto' | LoweringName,
): LoweringName {
  if (choice === 'auto') return provider === 'cpu' ? 'fused' : 'plain';
  if (choice === 'fused' && provider !== 'cpu') {
    throw new LociError(
      'engine-unavailable',
      `the lowering "fused" has operations for the CPU only, but the provider is "${provider}". Fix: lowering: auto`,
    );
  }
  return choice;
}

/**
 * Checks that runs of a batch can be parallel on a provider.
 *
 * @param lanes as chosen; undefined where the engine chooses.
 * @throws LociError `engine-unavailable` for several elsewhere than on the CPU, whose lanes pass weights and gradients in host memory.
 */
export function requireLanes(provider: OnnxProviderName, lanes: number | undefined): void {
  if (lanes === undefined || lanes === 1 || provider === 'cpu') return;
  throw new LociError(
    'engine-unavailable',
    `policy.lanes: ${lanes} needs the CPU, but the provider is "${provider}". Fix: lanes: 1, or provider: cpu`,
  );
}
