import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CompletionTokens, Objective } from '../../../../src/spec/index.ts';
import { moved, nearKink, objectiveOf, randomBatch } from './batches.ts';

const STEP = 1e-6;

/** Holds both derivatives of an objective to finite differences of its loss. */
function assertDerivatives(objective: Objective, batch: readonly CompletionTokens[]): void {
  const { dLogProbs, dEntropies } = objective.value(batch);
  const lossWith = (...move: [what: 'logProbs' | 'entropies', i: number, t: number, by: number]) =>
    objective.value(moved(batch, ...move)).loss;
  for (const [index, { mask }] of batch.entries()) {
    for (const [at, inside] of Array.from(mask).entries()) {
      for (const [what, found] of [
        ['logProbs', dLogProbs],
        ['entropies', dEntropies],
      ] as const) {
        if (found === undefined) continue;
        const up = lossWith(what, index, at, STEP);
        const slope = (up - lossWith(what, index, at, -STEP)) / (2 * STEP);
        expect(Math.abs(found[index]![at]! - slope)).toBeLessThan(1e-6 * (1 + Math.abs(slope)));
        if (inside === 0) expect(found[index]![at]).toBeCloseTo(0, 12);
      }
    }
  }
}

const correction = { mode: 'token-truncate', min: 0.8, max: 1.1 };
const clipped = ['grpo', 'bnpo', 'dapo', 'gspo', 'luspo'] as const;
const cases: readonly (readonly [name: string, options: Readonly<Record<string, unknown>>])[] = [
  ...clipped.map((name) => [name, {}] as const),
  ['dr-grpo', { maxCompletionTokens: 7 }],
  ['sapo', {}],
  ['sapo', { ratio: 'sequence', klWeight: 0.1, klBiasCorrection: true }],
  ['grpo', { aggregation: 'token', clipHigh: 0.28, delta: 1.6 }],
  ['grpo', { klEstimator: 'k1' }],
  ['grpo', { klEstimator: 'k2', klBiasCorrection: true, correction }],
  ['grpo', { klClamp: 0.3 }],
  ['gspo', { klWeight: 0.3, klBiasCorrection: true, entropyWeight: 0.2 }],
  ['luspo', { correction: { mode: 'sequence-mask', max: 1.3 }, entropyWeight: 0.1, delta: 1.2 }],
  ['dapo', { old: 'sampler', entropyWeight: 0.05 }],
  ['grpo', { entropyWeight: -0.4 }],
];

describe('the derivatives are those of finite differences', () => {
  test.each(cases)('%s %j', async (name, options) => {
    const objective = await objectiveOf(name, options);
    const low = name === 'gspo' || name === 'luspo' ? [1 - 3e-4, 1 + 4e-4] : [0.8, 1.2, 1.28];
    const bounds = [...low, ...(typeof options['delta'] === 'number' ? [options['delta']] : [])];
    const level =
      name === 'gspo' || name === 'luspo' ? 'sequence' : String(options['ratio'] ?? 'token');
    fc.assert(
      fc.property(randomBatch, (drawn) => {
        const batch =
          options['old'] === 'sampler'
            ? drawn.map((one) => ({ ...one, oldLogProbs: one.samplerLogProbs! }))
            : drawn;
        fc.pre(!nearKink(batch, level, bounds));
        const gaps = batch.flatMap(({ logProbs, referenceLogProbs }) =>
          Array.from(logProbs, (own, t) => Math.abs(referenceLogProbs![t]! - own)),
        );
        fc.pre(options['klClamp'] === undefined || gaps.every((gap) => Math.abs(gap - 0.3) > 1e-4));
        assertDerivatives(objective, batch);
      }),
      { numRuns: 40 },
    );
  });

  test('supervised, and mixed into reinforcement', async () => {
    const imitates = await objectiveOf('sft');
    const mixes = await objectiveOf('grpo', { demonstrationWeight: 0.7 });
    fc.assert(
      fc.property(randomBatch, (batch) => {
        const all = batch.map((one) => ({ ...one, source: 'demonstrated' as const }));
        const half = batch.map((one, index) => (index % 2 === 0 ? one : all[index]!));
        fc.pre(!nearKink(batch, 'token', [0.8, 1.2]));
        assertDerivatives(imitates, all);
        assertDerivatives(mixes, half);
      }),
      { numRuns: 40 },
    );
  });
});

/** Where the loss holds its ratio constant, its derivative by log π is its own factor: loss = Σ derivative · log π. */
describe('weights that are held constant', () => {
  test.each([
    ['cispo', {}],
    ['cispo', { ratio: 'sequence', ratioBound: 1.1, correction }],
    ['vespo', {}],
    ['vespo', { correction }],
  ])('%s %j', async (name, options) => {
    const objective = await objectiveOf(name, options);
    fc.assert(
      fc.property(randomBatch, (batch) => {
        const { loss, dLogProbs } = objective.value(batch);
        const linear = batch.reduce(
          (sum, { logProbs }, index) =>
            sum + dLogProbs[index]!.reduce((part, slope, t) => part + slope * logProbs[t]!, 0),
          0,
        );
        expect(loss).toBeCloseTo(linear, 10);
      }),
    );
  });

  test('GSPO-token has the values of GSPO, and its gradient in another place of the completion', async () => {
    const [whole, tokens] = [
      await objectiveOf('gspo', { clipLow: 0.5, clipHigh: 0.5 }),
      await objectiveOf('gspo', { clipLow: 0.5, clipHigh: 0.5, ratio: 'sequence-token' }),
    ];
    fc.assert(
      fc.property(randomBatch, (batch) => {
        const [a, b] = [whole.value(batch), tokens.value(batch)];
        expect(b.loss).toBeCloseTo(a.loss, 12);
        for (const [index, slopes] of a.dLogProbs.entries()) {
          const sum = (values: Float64Array): number => values.reduce((x, y) => x + y, 0);
          expect(sum(b.dLogProbs[index]!)).toBeCloseTo(sum(slopes), 10);
        }
      }),
    );
  });
});
