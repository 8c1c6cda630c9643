/**
 * What the correction of the sampler is for, in exact numbers. The sampler holds weights that are k updates old. All completions of three
 * tokens are enumerated and weighed by the sampler's probability, so the gradients here are expectations, without noise. The yardstick is
 * the gradient on completions of the trainer's own weights.
 */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { fakePolicy } from '../../../src/testing/index.ts';
import type { FakePolicy } from '../../../src/testing/index.ts';
import type { EncodedPrompt, Objective, OptimStepParameters } from '../../../src/spec/index.ts';
import { objectiveOf } from '../algorithm/objectives/batches.ts';

const VOCABULARY = 5;
const A = 4;
const COMPLETIONS = Array.from({ length: VOCABULARY ** 3 }, (_, index) =>
  Int32Array.of(index % 5, Math.floor(index / 5) % 5, Math.floor(index / 25)),
);
/** 1 for two A and more. */
const REWARDS = COMPLETIONS.map((tokens) => (tokens.filter((id) => id === A).length > 1 ? 1 : 0));

/** A step so that the weights move by −1 times the gradient, to seven digits. */
const DESCENT: OptimStepParameters = {
  learningRate: 1e7,
  beta1: 0,
  beta2: 0,
  epsilon: 1e7,
  weightDecay: 0,
  maxGradNorm: 0,
};
const ADAM: OptimStepParameters = { ...DESCENT, learningRate: 0.05, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }; // prettier-ignore

const PROMPT: EncodedPrompt = { tokenIds: Int32Array.of(A), media: [] };

async function weightsOf(policy: FakePolicy): Promise<{ logits: number[]; folder: string }> {
  const folder = join(mkdtempSync(join(tmpdir(), 'stale-')), 'weights');
  await policy.save(folder, { optimizer: true });
  const { logits } = JSON.parse(readFileSync(join(folder, 'table.json'), 'utf8')) as {
    readonly logits: number[];
  };
  return { logits, folder };
}

async function logProbsOf(policy: FakePolicy): Promise<readonly Float32Array[]> {
  const { logProbs } = await policy.logProbs(
    [{ prompt: PROMPT, completions: COMPLETIONS }],
    'current',
  );
  return logProbs[0]!;
}

function probabilities(logProbs: readonly Float32Array[]): readonly number[] {
  return logProbs.map((own) => Math.exp(own.reduce((sum, value) => sum + value, 0)));
}

/** Adds the expected gradient to the policy's: each completion weighed by its probability under whoever drew it. */
async function expectedGradient(
  policy: FakePolicy,
  objective: Objective,
  samplerLogProbs: readonly Float32Array[],
): Promise<void> {
  const own = await logProbsOf(policy);
  const baseline = probabilities(own).reduce((sum, p, index) => sum + p * REWARDS[index]!, 0);
  const targets = probabilities(samplerLogProbs).map((probability, index) => {
    const { dLogProbs } = objective.value([
      {
        logProbs: own[index]!,
        samplerLogProbs: samplerLogProbs[index]!,
        mask: [1, 1, 1],
        advantage: REWARDS[index]! - baseline,
        source: 'sampled',
      },
    ]);
    return { weights: Float32Array.from(dLogProbs[0]!, (slope) => probability * slope) };
  });
  const groups = [{ prompt: PROMPT, completions: COMPLETIONS, targets }];
  await policy.forwardBackward(groups, { kind: 'linear', entropies: false });
}

/** The gradient itself, read off the weights; these stay as they were. */
async function gradientOf(
  policy: FakePolicy,
  objective: Objective,
  samplerLogProbs: readonly Float32Array[],
): Promise<readonly number[]> {
  const before = await weightsOf(policy);
  await expectedGradient(policy, objective, samplerLogProbs);
  await policy.optimStep(DESCENT);
  const after = await weightsOf(policy);
  await policy.load(before.folder);
  return before.logits.map((weight, index) => weight - after.logits[index]!);
}

/** How far the expected gradient is off with a sampler that is so many updates old, as a share of the on-policy gradient. */
async function errorsAt(updates: number): Promise<Readonly<Record<string, number>>> {
  const policy = fakePolicy({ words: ['A'], contexts: 1, positions: 3 });
  const plain = await objectiveOf('bnpo');
  const stale = await logProbsOf(policy);
  for (let update = 0; update < updates; update++) {
    await expectedGradient(policy, plain, await logProbsOf(policy));
    await policy.optimStep(ADAM);
  }
  const truth = await gradientOf(policy, plain, await logProbsOf(policy));
  const norm = Math.hypot(...truth);
  const errors: Record<string, number> = {};
  for (const [name, correction] of [
    ['none', undefined],
    ['token-truncate', { mode: 'token-truncate', max: 2 }],
    ['sequence-truncate', { mode: 'sequence-truncate', max: 8 }],
    ['sequence-mask', { mode: 'sequence-mask', max: 8 }],
  ] as const) {
    const objective = await objectiveOf('bnpo', correction && { correction });
    const found = await gradientOf(policy, objective, stale);
    errors[name] = Math.hypot(...found.map((value, index) => value - truth[index]!)) / norm;
  }
  return errors;
}

describe('the expected gradient of a sampler k updates old', () => {
  test.each([1, 4, 16])('k = %d: correction brings it nearer to the on-policy one', async (k) => {
    const errors = await errorsAt(k);
    if (process.env['SHOW_FIGURES'] !== undefined) console.log(k, errors);
    expect(errors['none']!).toBeGreaterThan(0.01);
    expect(errors['token-truncate']!).toBeLessThan(errors['none']!);
    expect(errors['sequence-truncate']!).toBeLessThan(errors['none']! / 4);
    expect(errors['sequence-mask']!).toBeLessThan(errors['none']! / 4);
  });
});
