import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { OptimStepParameters } from '@loci/core';
import type { GraphRuntime } from '../../../src/graph/engine/graph-runtime.ts';
import { OnnxRuntime } from '../../../src/onnx/onnx-runtime.ts';
import { AdamW, STORE } from '../../../src/graph/engine/optimizer.ts';

const SETTINGS: OptimStepParameters = {
  learningRate: 0.1,
  beta1: 0.9,
  beta2: 0.99,
  epsilon: 1e-8,
  weightDecay: 0.1,
  maxGradNorm: 1,
};

/** One step of AdamW as the paper has it (arXiv 1711.05101, algorithm 2), after clipping. */
function byHand(
  state: { readonly p: number[]; readonly m: number[]; readonly v: number[] },
  gradient: readonly number[],
  step: number,
): { readonly p: number[]; readonly m: number[]; readonly v: number[] } {
  const { learningRate, beta1, beta2, epsilon, weightDecay, maxGradNorm } = SETTINGS;
  const scale = Math.min(1, maxGradNorm / Math.hypot(...gradient));
  const g = gradient.map((value) => value * scale);
  const m = state.m.map((value, i) => beta1 * value + (1 - beta1) * g[i]!);
  const v = state.v.map((value, i) => beta2 * value + (1 - beta2) * g[i]! ** 2);
  const p = state.p.map((value, i) => {
    const [mean, square] = [m[i]! / (1 - beta1 ** step), v[i]! / (1 - beta2 ** step)];
    return (
      value * (1 - learningRate * weightDecay) -
      (learningRate * mean) / (Math.sqrt(square) + epsilon)
    );
  });
  return { p, m, v };
}

/** A runtime that leaves the arithmetic of updates to graphs. */
function withGraphs(runtime: OnnxRuntime): GraphRuntime {
  return new Proxy(runtime, {
    get(target, key) {
      if (key === 'inPlace') return undefined;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

describe.each(['in place', 'by graphs'])('AdamW %s', (way) => {
  let onnx: OnnxRuntime;
  let runtime: GraphRuntime;
  let optimizer: AdamW;
  beforeAll(() => {
    onnx = new OnnxRuntime({ threads: 1 });
    runtime = way === 'by graphs' ? withGraphs(onnx) : onnx;
  });
  afterAll(() => onnx.dispose());
  beforeEach(async () => {
    optimizer = new AdamW(runtime, [{ offset: 0, size: 3 }]);
    await runtime.put(STORE.current, Float32Array.of(1, -2, 0.5));
    for (const name of [STORE.mean, STORE.square, STORE.gradient]) {
      await runtime.put(name, new Float32Array(3));
    }
  });

  test('three steps follow the paper, clipped and unclipped', async () => {
    let state = { p: [1, -2, 0.5], m: [0, 0, 0], v: [0, 0, 0] };
    const gradients = [
      [3, 0, -4],
      [0.1, 0.2, 0.3],
      [-1, 1, 0],
    ];
    for (const [index, gradient] of gradients.entries()) {
      await runtime.put(STORE.gradient, Float32Array.from(gradient));
      const { gradNorm, applied } = await optimizer.apply(SETTINGS);
      expect(applied).toBe(true);
      expect(gradNorm).toBeCloseTo(Math.hypot(...gradient), 5);
      state = byHand(state, gradient, index + 1);
    }
    const found = await runtime.get(STORE.current);
    state.p.forEach((value, i) => expect(Number(found[i])).toBeCloseTo(value, 5));
    expect([...(await runtime.get(STORE.gradient))]).toEqual([0, 0, 0]);
    expect(optimizer.step).toBe(3);
  });

  test('in pieces it is what it is at once', async () => {
    const pieces = new AdamW(runtime, [
      { offset: 0, size: 1 },
      { offset: 1, size: 2 },
    ]);
    const gradient = Float32Array.of(3, 0, -4);
    const start = await runtime.get(STORE.current);
    const updated = async (own: AdamW) => {
      await runtime.put(STORE.current, start.slice());
      await runtime.put(STORE.gradient, gradient.slice());
      for (const name of [STORE.mean, STORE.square]) await runtime.put(name, new Float32Array(3));
      const { gradNorm } = await own.apply(SETTINGS);
      const [weights, mean] = [await runtime.get(STORE.current), await runtime.get(STORE.mean)];
      return { gradNorm, weights, mean };
    };
    expect(await updated(pieces)).toEqual(await updated(optimizer));
  });

  test.each([NaN, Infinity])('a gradient of %d is dropped and changes nothing', async (bad) => {
    await runtime.put(STORE.gradient, Float32Array.of(1, bad, 1));
    const { gradNorm, applied } = await optimizer.apply(SETTINGS);
    expect(applied).toBe(false);
    expect(Number.isFinite(gradNorm)).toBe(false);
    expect([...(await runtime.get(STORE.current))]).toEqual([1, -2, 0.5]);
    expect([...(await runtime.get(STORE.mean))]).toEqual([0, 0, 0]);
    expect([...(await runtime.get(STORE.gradient))]).toEqual([0, 0, 0]);
    expect(optimizer.step).toBe(0);
  });

  test('without a bound nothing is clipped', async () => {
    await runtime.put(STORE.gradient, Float32Array.of(30, 0, 40));
    await optimizer.apply({ ...SETTINGS, maxGradNorm: 0 });
    const mean = await runtime.get(STORE.mean);
    expect(Number(mean[0])).toBeCloseTo(3, 5);
  });
});
