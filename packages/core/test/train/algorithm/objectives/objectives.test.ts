import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CompletionTokens, Objective, Sample } from '../../../../src/spec/index.ts';
import { bundledObjectives } from '../../../../src/train/algorithm/objectives/bundled-objectives.ts';
import { grpo } from '../../../../src/train/algorithm/objectives/grpo.ts';
import { tokenLoss } from '../../../../src/train/algorithm/objectives/token-loss.ts';
import { objectiveOf, randomBatch } from './batches.ts';

/** A completion of the given number of tokens, on-policy. */
function completion(length: number, facts: Partial<CompletionTokens> = {}): CompletionTokens {
  const logProbs = new Float32Array(length).fill(-1);
  const mask = new Uint8Array(length).fill(1);
  return { logProbs, referenceLogProbs: logProbs, mask, advantage: 1, source: 'sampled', ...facts };
}

const batch = [completion(2), completion(4, { advantage: -0.5 }), completion(1)];

/** What the engine's own loss makes of the batch. */
function fusedLoss({ fused }: Objective, given: readonly CompletionTokens[]): number {
  const targets = fused!.targets(given);
  return given.reduce(
    (sum, { logProbs, entropies }, index) =>
      sum +
      Array.from(logProbs).reduce((part, logProb, token) => {
        const { weights, entropyWeights } = targets[index]!;
        const { value } = tokenLoss(fused!.loss, targets[index]!, token, logProb);
        const entropy = (entropyWeights?.[token] ?? 0) * (entropies?.[token] ?? 0);
        return part + weights[token]! * value + entropy;
      }, 0),
    0,
  );
}

describe('grpo', () => {
  test('by default every completion of the batch weighs the same', async () => {
    const objective = await objectiveOf('grpo');
    const targets = objective.fused!.targets(batch);
    for (const { weights } of targets) {
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1 / 3, 6);
    }
    expect(objective.fused!.loss).toEqual({
      kind: 'policy-gradient',
      clipLow: 0.2,
      clipHigh: 0.2,
      klWeight: 0.04,
      klClamp: 10,
    });
    expect(targets[1]!.advantages).toEqual(new Float32Array(4).fill(-0.5));
    expect(targets[0]!.oldLogProbs).toBeUndefined();
    expect(targets[0]!.referenceLogProbs).toHaveLength(2);
    // On-policy the loss is −A, each completion's mean alike.
    expect(objective.value(batch).loss).toBeCloseTo(-(1 - 0.5 + 1) / 3, 12);
  });

  test('a mask takes tokens out of the loss and out of the lengths', async () => {
    const objective = await objectiveOf('grpo', { aggregation: 'token' });
    const masked = [completion(3, { mask: [1, 0, 1] }), completion(2)];
    const [first] = objective.fused!.targets(masked);
    expect([...first!.weights]).toEqual([0.25, 0, 0.25]);
    expect([...objective.value(masked).dLogProbs[0]!].map((slope) => slope + 0)).toEqual([
      -0.25, 0, -0.25,
    ]);
  });

  test('configs of earlier releases still load', () => {
    const parse = (options: object) => grpo.options.parse(options);
    expect(parse({ normalisation: 'sequence' })).toMatchObject({ aggregation: 'completion' });
    expect(parse({ normalisation: 'token' })).toMatchObject({ aggregation: 'token' });
    expect(parse({ normalisation: 'constant', maxCompletionTokens: 9 })).toMatchObject({
      aggregation: 'constant',
    });
    expect(parse({ normalisation: 'sequence', aggregation: 'completion' })).not.toHaveProperty(
      'normalisation',
    );
    expect(() => parse({ normalisation: 'sequence', aggregation: 'token' })).toThrow();
    expect(parse({ klWeight: 0.1, klClamp: 5, clipLow: 0.1, clipHigh: 0.3, old: 'sampler' }))
      .toMatchObject({ klWeight: 0.1, klClamp: 5, clipLow: 0.1, clipHigh: 0.3, old: 'sampler' }); // prettier-ignore
  });

  test.each([
    { aggregation: 'constant' },
    { maxCompletionTokens: 10 },
    { clipLow: 2 },
    { beta: 0.1 },
    { normalisation: 'sum' },
    { correction: { mode: 'token-mask', min: 2, max: 1 } },
  ])('the options %j are refused', (options) =>
    expect(() => grpo.options.parse(options)).toThrow(),
  );
});

describe('what an objective needs', () => {
  test.each([
    ['grpo', {}, { reference: true, entropies: false, sampler: false }],
    ['dapo', {}, { reference: false, entropies: false, sampler: false }],
    ['gspo', { entropyWeight: 0.1 }, { reference: false, entropies: true, sampler: false }],
    ['cispo', { correction: { mode: 'token-mask' } }, { reference: false, sampler: true }],
    ['sapo', { old: 'sampler' }, { sampler: true }],
  ])('%s %j', async (name, options, needs) => {
    expect((await objectiveOf(name, options)).needs).toMatchObject(needs);
  });

  test('and it says so when that is missing', async () => {
    const [one] = batch;
    const bare = [{ ...one!, referenceLogProbs: undefined as never }];
    expect(() => objectiveNamed.value(bare)).toThrow('start model');
    const corrected = await objectiveOf('dapo', { correction: { mode: 'token-mask' } });
    expect(() => corrected.value(batch)).toThrow('sampler');
  });
});

const objectiveNamed = await objectiveOf('grpo');

describe('the fused loss of an engine', () => {
  test.each([
    ['grpo', {}],
    ['grpo', { old: 'sampler', klWeight: 0 }],
    ['bnpo', { klWeight: 0.2 }],
    ['dapo', {}],
    ['dapo', { entropyWeight: 0.05 }],
    ['grpo', { entropyWeight: -0.4, aggregation: 'completion' }],
    ['dr-grpo', { maxCompletionTokens: 5, klWeight: 0.1, klClamp: 0.5 }],
  ])('is the same as on the host: %s %j', async (name, options) => {
    const objective = await objectiveOf(name, options);
    fc.assert(
      fc.property(randomBatch, (given) => {
        expect(fusedLoss(objective, given)).toBeCloseTo(objective.value(given).loss, 5);
      }),
    );
  });

  test.each([
    { delta: 2 },
    { ratio: 'sequence' },
    { klEstimator: 'k1' },
    { klBiasCorrection: true },
    { correction: { mode: 'token-truncate' } },
    { offPolicyThreshold: 0.1 },
    { demonstrationWeight: 1 },
  ])('is not offered where the settings ask for more: %j', async (options) => {
    expect((await objectiveOf('grpo', options)).fused).toBeUndefined();
  });

  test('computes entropies only where they count, a bonus or a cost', async () => {
    expect((await objectiveOf('grpo')).fused!.loss).not.toHaveProperty('entropies');
    for (const [entropyWeight, share] of [
      [0.7, -0.1],
      [-0.7, 0.1],
    ]) {
      const { fused, needs } = await objectiveOf('grpo', { entropyWeight });
      expect(needs).toMatchObject({ entropies: true });
      expect(fused!.loss).toMatchObject({ entropies: true });
      const weights = fused!.targets(batch).map((targets) => targets.entropyWeights!);
      expect(weights.map(({ length }) => length)).toEqual([2, 4, 1]);
      for (const weight of weights.flatMap((own) => [...own]))
        expect(weight).toBeCloseTo(share!, 6);
    }
  });

  test('is not the KL where that is in the reward', async () => {
    const { fused, penalty } = await objectiveOf('grpo', { klIn: 'reward', klWeight: 0.5 });
    expect(fused!.loss).toMatchObject({ klWeight: 0 });
    expect(penalty).toMatchObject({ name: 'kl', weight: -0.5 });
    // k3 of a gap of 0.5, twice; what is outside the mask costs nothing.
    const moved = completion(3, { referenceLogProbs: [-0.5, -0.5, -9], mask: [1, 1, 0] });
    expect(penalty!.value(moved)).toBeCloseTo(2 * 0.1487212707, 9);
  });
});

test('sft is the mean cross-entropy over the tokens of the batch', async () => {
  const objective = await objectiveOf('sft');
  const given = [2, 3].map((length) => completion(length, { source: 'demonstrated' }));
  expect(objective.learnsFrom).toBe('demonstrations');
  expect(objective.fused!.loss).toEqual({ kind: 'cross-entropy' });
  expect(objective.fused!.targets(given)[1]!.weights).toEqual(new Float32Array(3).fill(1 / 5));
  expect(objective.value(given).loss).toBeCloseTo(1, 12);
});

test('sft imitates demonstrations, the answer in its tags, or the true map before it', async () => {
  const sample = { solution: '<answer>B</answer>', demonstration: '<think>b</think>' } as Sample;
  const imitated = async (imitate: string, shown: Partial<Sample> = {}) =>
    (await objectiveOf('sft', { imitate })).imitates?.({ ...sample, ...shown });
  expect((await objectiveOf('sft')).imitates).toBeUndefined();
  expect(await imitated('answer', { map: { desk: [[5, 5]] } })).toBe('<answer>B</answer>');
  expect(await imitated('map-and-answer', { map: { desk: [[5, 5]], bed: [[1, 2]] } })).toBe(
    '<think><map>{"bed":[[1,2]],"desk":[[5,5]]}</map></think><answer>B</answer>',
  );
  const boxes = [{ name: 'chair', centre: [1, 2], size: [0.5, 0.5] }] as const;
  expect(await imitated('map-and-answer', { sceneMap: { format: 'boxes', boxes } })).toBe(
    '<think><map>{"chair":[[1,2,0.5,0.5]]}</map></think><answer>B</answer>',
  );
  expect(await imitated('map-and-answer')).toBe('<answer>B</answer>');
});

test('demonstrations are imitated beside rollouts, with a weight of their own', async () => {
  const objective = await objectiveOf('dapo', { demonstrationWeight: 0.5 });
  const shown = completion(4, { logProbs: [-2, -2, -2, -2], advantage: 0, source: 'demonstrated' });
  const { loss, dLogProbs, figures } = objective.value([completion(2), shown]);
  expect(objective.learnsFrom).toBe('both');
  expect(loss).toBeCloseTo(-1 + 0.5 * 2, 12);
  expect([...dLogProbs[0]!]).toEqual([-0.5, -0.5]);
  expect([...dLogProbs[1]!]).toEqual([-0.125, -0.125, -0.125, -0.125]);
  expect(figures).toMatchObject({ imitation: 2, 'clip-fraction': 0 });
});

test('every bundled objective has a name and a description of its own', () => {
  const names = bundledObjectives.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toEqual([...names].sort());
});

test('not a number comes through', async () => {
  const { loss, dLogProbs } = objectiveNamed.value([completion(1, { advantage: NaN })]);
  expect(loss).toBeNaN();
  expect(dLogProbs[0]![0]).toBeNaN();
});
