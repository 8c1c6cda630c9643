import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LociError } from '@loci/core';
import type { Loss, OptimStepParameters } from '@loci/core';
import { inspectGradients } from '../../../src/graph/engine/inspection.ts';
import { allLanes, dealRuns, mostRunBytes } from '../../../src/graph/engine/lanes.ts';
import { STORE } from '../../../src/graph/engine/optimizer.ts';
import { openOnnxPolicy } from '../../../src/onnx/onnx-policy.ts';
import type { OnnxPolicy } from '../../../src/onnx/onnx-policy.ts';
import { mixedBatch } from '../../support/mixed-batch.ts';
import { temporaryFolder, writeTinyModel } from '../../support/tiny-model.ts';

const LOSS: Loss = { kind: 'policy-gradient', clipLow: 0.2, clipHigh: 0.2, klWeight: 0.1 };
const UPDATE: OptimStepParameters = {
  learningRate: 1e-2,
  beta1: 0.9,
  beta2: 0.98,
  epsilon: 1e-8,
  weightDecay: 0.01,
  maxGradNorm: 1,
};

test('a run takes the share of its lane, and a small one where there are several', () => {
  const mib = 2 ** 20;
  expect(mostRunBytes(1024 * mib, 1)).toBe(1024 * mib);
  expect(mostRunBytes(100 * mib, 2)).toBe(50 * mib);
  expect(mostRunBytes(1024 * mib, 2)).toBe(120 * mib);
});

describe('dealing runs out', () => {
  test('gives each run once, and no lane more than the others by more than a run', () => {
    const costs = fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 20 });
    fc.assert(
      fc.property(costs, fc.integer({ min: 1, max: 4 }), (given, lanes) => {
        const dealt = dealRuns(given, lanes);
        expect(dealt.flat().toSorted((a, b) => a - b)).toEqual([...given.keys()]);
        const sums = dealt.map((runs) => runs.reduce((sum, run) => sum + given[run]!, 0));
        expect(Math.max(...sums) - Math.min(...sums)).toBeLessThanOrEqual(Math.max(0, ...given));
      }),
    );
  });

  test('waits for every lane before it fails', async () => {
    let ended = false;
    const late = new Promise<void>((resolve) =>
      setTimeout(() => {
        ended = true;
        resolve();
      }, 20),
    );
    const failed = Promise.reject(new LociError('engine-failed', 'no memory'));
    await expect(allLanes([failed, late])).rejects.toThrow('no memory');
    expect(ended).toBe(true);
  });
});

describe.each([
  ['whole weights', undefined],
  ['an adapter beside frozen weights', { rank: 2 }],
])('two lanes with %s', (_, lora) => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let [one, two]: (OnnxPolicy | undefined)[] = [];
  beforeAll(async () => {
    folder = await temporaryFolder();
    await writeTinyModel(folder.path, 1);
    const settings = { model: folder.path, threads: 2, provider: 'cpu', seed: 1, lora } as const;
    one = await openOnnxPolicy({ ...settings, lanes: 1 });
    two = await openOnnxPolicy({ ...settings, lanes: 2 });
  });
  afterAll(async () => {
    await one?.dispose();
    await two?.dispose();
    await folder.remove();
  });

  const near = (found: readonly ArrayLike<number>[], expected: readonly ArrayLike<number>[]) => {
    expect(found.map(({ length }) => length)).toEqual(expected.map(({ length }) => length));
    expected.forEach((own, row) =>
      Array.from(own).forEach((value, at) => expect(found[row]![at]).toBeCloseTo(value, 4)),
    );
  };

  test('follow one lane over three updates', async () => {
    const batch = mixedBatch(one!.engine.model, 3);
    for (let step = 0; step < 3; step++) {
      const expected = await one!.forwardBackward(batch, LOSS);
      const found = await two!.forwardBackward(batch, LOSS);
      expect(found.loss).toBeCloseTo(expected.loss, 4);
      near(found.logProbs.flat(), expected.logProbs.flat());
      const gradients = await inspectGradients(two!.engine);
      for (const [name, own] of await inspectGradients(one!.engine)) {
        const error = Math.hypot(...own.map((value, at) => value - gradients.get(name)![at]!));
        expect({ name, near: error <= 1e-4 * Math.hypot(...own) + 1e-7 }).toEqual({
          name,
          near: true,
        });
      }
      await one!.optimStep(UPDATE);
      await two!.optimStep(UPDATE);
      for (const weights of ['current', 'start'] as const) {
        const [own, other] = [
          await one!.logProbs(batch, weights),
          await two!.logProbs(batch, weights),
        ];
        near(other.logProbs.flat(), own.logProbs.flat());
      }
    }
  });

  test('share one group out by its completions', async () => {
    const [group] = mixedBatch(one!.engine.model, 4).filter(
      ({ completions }) => completions.length > 1,
    );
    const tokens = group!.completions[0]!;
    const long = { ...group!, completions: [tokens, ...group!.completions].map(lengthened) };
    const alone = await one!.logProbs([long], 'current');
    const shared = await two!.logProbs([long], 'current');
    near(shared.logProbs.flat(), alone.logProbs.flat());
  });

  test('give the same bits again', async () => {
    const batch = mixedBatch(two!.engine.model, 5);
    const bits: Uint32Array[] = [];
    for (let turn = 0; turn < 2; turn++) {
      await two!.engine.clearGradients();
      await two!.forwardBackward(batch, LOSS);
      const gradient = (await two!.engine.runtime.get(STORE.gradient)) as Float32Array;
      bits.push(new Uint32Array(gradient.buffer, gradient.byteOffset, gradient.length));
    }
    expect(bits[1]).toEqual(bits[0]);
    await two!.engine.clearGradients();
  });

  test('keep nothing of a batch that failed', async () => {
    const batch = mixedBatch(two!.engine.model, 6);
    const { engine } = two!;
    const side = engine.lanes[1]!;
    const failing = new Error('this lane fails');
    const run = side.runtime.run.bind(side.runtime);
    side.runtime.run = async (...given) => {
      await run(...given);
      throw failing;
    };
    await expect(two!.forwardBackward(batch, LOSS)).rejects.toThrow(failing);
    side.runtime.run = run;
    await engine.clearGradients();
    await two!.forwardBackward(batch, LOSS);
    const after = (await engine.runtime.get(STORE.gradient)) as Float32Array;
    await engine.clearGradients();
    await two!.forwardBackward(batch, LOSS);
    expect(after).toEqual(await engine.runtime.get(STORE.gradient));
    await engine.clearGradients();
  });
});

/** Eight times as long, so that completions outweigh their prompt. */
function lengthened(tokens: Int32Array): Int32Array {
  return Int32Array.from({ length: 8 * tokens.length }, (_, at) => tokens[at % tokens.length]!);
}
