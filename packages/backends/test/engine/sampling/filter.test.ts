import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { openCheckpoint } from '../../../src/weights/safetensors.ts';
import {
  denseProbabilities,
  drawToken,
  penalizeRepetition,
  softmax,
  tokenDistribution,
} from '../../../src/engine/sampling/filter.ts';
import type { FilterParameters } from '../../../src/engine/sampling/filter.ts';
import { drawUniforms } from '../../../src/engine/sampling/uniforms.ts';
import { describeWith, parityFolder } from '../../support/parity-fixture.ts';

const plain: FilterParameters = { temperature: 1, topP: 1, topK: 0, repetitionPenalty: 1 };
const logits = Float32Array.of(0, Math.log(2), Math.log(4), Math.log(1));

describe('filters', () => {
  test('unfiltered, tokens keep their order and their softmax', () => {
    const { tokenIds, probabilities } = tokenDistribution(logits, plain, []);
    expect([...tokenIds]).toEqual([0, 1, 2, 3]);
    [1, 2, 4, 1].forEach((share, id) => expect(probabilities[id]).toBeCloseTo(share / 8, 6));
  });

  test('top-k keeps the first k, equal logits by id', () => {
    expect([...tokenDistribution(logits, { ...plain, topK: 3 }, []).tokenIds]).toEqual([2, 1, 0]);
  });

  test('top-p keeps the smallest set that reaches p', () => {
    const kept = (topP: number) => [...tokenDistribution(logits, { ...plain, topP }, []).tokenIds];
    expect(kept(0.49)).toEqual([2]);
    expect(kept(0.51)).toEqual([1, 2]);
    expect(kept(0.8)).toEqual([0, 1, 2]);
    expect(kept(0.0001)).toEqual([2]);
  });

  test('temperature 0 is greedy, whatever the filters', () => {
    const greedy = tokenDistribution(logits, { ...plain, temperature: 0, topP: 0.3 }, []);
    expect([...greedy.tokenIds]).toEqual([2]);
  });

  test('the repetition penalty pushes seen tokens down on either side of zero', () => {
    const penalized = penalizeRepetition(Float32Array.of(2, -2, 1), [0, 1, 1], 2);
    expect([...penalized]).toEqual([1, -4, 1]);
  });

  test('draws follow the distribution', () => {
    const distribution = tokenDistribution(logits, { ...plain, topP: 0.8 }, []);
    const counts = new Map<number, number>();
    for (let index = 0; index < 700; index++) {
      const id = drawToken(distribution, (index + 0.5) / 700);
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    expect([...counts]).toEqual([
      [0, 100],
      [1, 200],
      [2, 400],
    ]);
  });

  test('a draw is always a token that was kept', () => {
    const logit = fc.float({ min: -20, max: 20, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(logit, { minLength: 1, maxLength: 40 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.double({ min: 0.05, max: 1, noNaN: true }),
        fc.integer({ min: 0, max: 10 }),
        (values, uniform, topP, topK) => {
          const drawn = tokenDistribution(Float32Array.from(values), { ...plain, topP, topK }, []);
          expect([...drawn.tokenIds]).toContain(drawToken(drawn, uniform));
          const total = drawn.probabilities.reduce((sum, value) => sum + value, 0);
          expect(total).toBeCloseTo(1, 5);
        },
      ),
    );
  });
});

describe('uniforms', () => {
  const address = (completion: number) => ({ prompt: 1, completion });

  test('a completion gets the same numbers in any batch and any chunking', () => {
    const whole = drawUniforms(7, [address(0), address(1)], 0, 6);
    const alone = drawUniforms(7, [address(1)], 2, 4);
    expect([...alone]).toEqual([5, 7, 9, 11].map((index) => whole[index]));
  });

  test('numbers differ by seed, prompt, completion and step and stay below 1', () => {
    const numbers = [
      ...drawUniforms(7, [address(0), address(1), { prompt: 2, completion: 0 }], 0, 50),
      ...drawUniforms(8, [address(0)], 0, 50),
    ];
    expect(new Set(numbers).size).toBe(200);
    expect(Math.max(...numbers)).toBeLessThan(1);
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
  });
});

describeWith(parityFolder)('the fixture', () => {
  test.each<[string, FilterParameters]>([
    ['top_p_095', { ...plain, topP: 0.95 }],
    ['temp07_topk50_topp095', { ...plain, temperature: 0.7, topK: 50, topP: 0.95 }],
    ['temp001', { ...plain, temperature: 0.01, topP: 0.001 }],
    ['rep105', { ...plain, repetitionPenalty: 1.05 }],
  ])('%s agrees with generate', async (name, parameters) => {
    const arrays = await openCheckpoint(join(parityFolder, 'parity.safetensors'));
    const [rows = 0, vocabulary = 0] = arrays.entries.get('sampling/logits')!.shape;
    const all = await arrays.readFloats('sampling/logits');
    const expected = await arrays.readFloats(`sampling/${name}_probs`);
    const context = await arrays.readIntegers('case/text/input_ids');
    await arrays.close();
    for (let row = 0; row < rows; row++) {
      const slice = (values: Float32Array) =>
        values.subarray(row * vocabulary, (row + 1) * vocabulary);
      const distribution = tokenDistribution(slice(all), parameters, context);
      const found = denseProbabilities(distribution, vocabulary);
      const wanted = slice(expected);
      const error = found.reduce(
        (most, value, id) => Math.max(most, Math.abs(value - wanted[id]!)),
        0,
      );
      expect(error).toBeLessThanOrEqual(1e-5);
      expect(found.map((value) => (value === 0 ? 0 : 1))).toEqual(
        wanted.map((value) => (value === 0 ? 0 : 1)),
      );
    }
    expect(rows).toBeGreaterThan(0);
  });
});

test('softmax survives large logits', () => {
  expect([...softmax([1000, 1000])]).toEqual([0.5, 0.5]);
});
