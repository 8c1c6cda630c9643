import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Missing } from '../../../src/devices/missing.ts';
import {
  loweringFor,
  requireLanes,
  startProvider,
} from '../../../src/onnx/start/start-provider.ts';
import { machineProbes } from '../../../src/onnx/start/probes.ts';
import type { ProviderProbes } from '../../../src/onnx/start/probes.ts';

const lacks = (missing: string): Missing => ({ missing, help: `get ${missing}` });

/** A machine with everything, but for what is given. */
function machine(change: Partial<ProviderProbes> = {}): ProviderProbes {
  return {
    runtime: () => undefined,
    library: () => undefined,
    gpu: async () => ({ name: 'NVIDIA X', driver: '580.1', memoryMegabytes: 1000 }),
    adapter: async () => ({ words: 'amd rdna', software: false }),
    run: async () => undefined,
    ...change,
  };
}

describe('choosing a provider', () => {
  const before = process.env['LOCI_ONNX_PROVIDER'];
  beforeEach(() => {
    delete process.env['LOCI_ONNX_PROVIDER'];
  });
  afterEach(() => {
    if (before !== undefined) process.env['LOCI_ONNX_PROVIDER'] = before;
  });

  test('auto takes CUDA where library and GPU are there and a model ran on it', async () => {
    expect(await startProvider('auto', machine())).toEqual({
      name: 'cuda',
      device: 'NVIDIA X, driver 580.1',
      why: 'the first available',
    });
  });

  test('auto goes on to WebGPU and says why', async () => {
    const ran: string[] = [];
    const probes = machine({
      library: () => lacks('the library'),
      run: async (provider) => void ran.push(provider),
    });
    expect(await startProvider('auto', probes)).toEqual({
      name: 'webgpu',
      device: 'amd rdna',
      why: 'the first available; passed over: the library',
    });
    expect(ran).toEqual(['webgpu']);
  });

  test.each([
    ['no adapter', { adapter: async () => lacks('no adapter') }, 'no adapter'],
    [
      'a software driver',
      { adapter: async () => ({ words: 'swiftshader', software: true }) },
      "WebGPU's only adapter, swiftshader, computes on the CPU",
    ],
    [
      'a provider that fails',
      { run: async () => lacks('webgpu computes wrong numbers') },
      'webgpu computes wrong numbers',
    ],
  ])('auto takes the CPU with %s', async (_, change, reason) => {
    const probes = machine({ gpu: async () => lacks('no GPU'), ...change });
    expect(await startProvider('auto', probes)).toEqual({
      name: 'cpu',
      device: 'CPU',
      why: `the first available; passed over: no GPU; ${reason}`,
    });
  });

  test.each(['auto', 'cpu', 'cuda'] as const)(
    'without the package of ONNX Runtime %s says how to install it',
    async (choice) => {
      const probes = machine({ runtime: () => lacks('onnxruntime-node') });
      await expect(startProvider(choice, probes)).rejects.toMatchObject({
        code: 'engine-unavailable',
        message: expect.stringMatching(/: onnxruntime-node\. Fix: get onnxruntime-node$/),
      });
    },
  );

  test('a software driver is taken where WebGPU was asked for', async () => {
    const probes = machine({ adapter: async () => ({ words: 'swiftshader', software: true }) });
    expect(await startProvider('webgpu', probes)).toEqual({
      name: 'webgpu',
      device: 'swiftshader',
      why: 'as chosen',
    });
  });

  test.each(['cuda', 'tensorrt', 'webgpu'] as const)(
    '%s that does not run is an error with what helps',
    async (provider) => {
      const probes = machine({ run: async () => lacks('a driver') });
      await expect(startProvider(provider, probes)).rejects.toMatchObject({
        code: 'engine-unavailable',
        message: `the ONNX provider "${provider}" is not available: a driver. Fix: get a driver`,
      });
    },
  );

  test('TensorRT is never taken unasked', async () => {
    const asked: string[] = [];
    const probes = machine({
      library: (provider) => {
        asked.push(provider);
        return lacks('it');
      },
    });
    await startProvider('auto', probes);
    expect(asked).toEqual(['cuda']);
  });

  test('the environment decides for auto, and is looked at', async () => {
    process.env['LOCI_ONNX_PROVIDER'] = 'cpu';
    const decided = { name: 'cpu', device: 'CPU', why: 'by LOCI_ONNX_PROVIDER' };
    expect(await startProvider('auto', machine())).toEqual(decided);
    expect((await startProvider('cuda', machine())).name).toBe('cuda');
    process.env['LOCI_ONNX_PROVIDER'] = 'gpu';
    await expect(startProvider('auto', machine())).rejects.toThrow('must be one of tensorrt');
    delete process.env['LOCI_ONNX_PROVIDER'];
  });

  test('a small model runs on the CPU in a process of its own', async () => {
    expect(await machineProbes.run('cpu')).toBeUndefined();
  });
});

describe('the lowering', () => {
  test('goes by the provider', () => {
    expect(loweringFor('cpu', 'auto')).toBe('fused');
    expect(loweringFor('cuda', 'auto')).toBe('plain');
    expect(loweringFor('cpu', 'plain')).toBe('plain');
    expect(() => loweringFor('webgpu', 'fused')).toThrow('Fix: lowering: auto');
  });
});

describe('lanes', () => {
  test('are for the CPU', () => {
    for (const lanes of [undefined, 1]) expect(() => requireLanes('webgpu', lanes)).not.toThrow();
    expect(() => requireLanes('cpu', 2)).not.toThrow();
    expect(() => requireLanes('webgpu', 2)).toThrow('policy.lanes: 2 needs the CPU');
  });
});
