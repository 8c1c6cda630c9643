/** The work that the checks give to policies, and how they compare the results. */
import assert from 'node:assert/strict';
import { lastValueFrom, toArray } from 'rxjs';
import type { Observable } from 'rxjs';
import { LociError } from '../../errors/loci-error.ts';
import type {
  EncodedPrompt,
  Loss,
  OptimStepParameters,
  OptimStepResult,
  Policy,
  SampleEvent,
  SamplingParameters,
  TokenTargets,
  TrainingGroup,
} from '../../spec/index.ts';

/** A finished completion. */
export type Completion = SampleEvent & { readonly type: 'completion' };

/** Draws as training does: nothing is filtered. */
export const SAMPLING: SamplingParameters = {
  temperature: 1,
  topP: 1,
  topK: 0,
  repetitionPenalty: 1,
  maxNewTokens: 12,
  chunkTokens: 4,
};

/** A plain step of AdamW. */
export const OPTIMIZER: OptimStepParameters = {
  learningRate: 1e-3,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0,
  maxGradNorm: 0,
};

/** A step that depends on nothing that was done before: without memory, as long in every weight. */
export const SIGNED_STEP: OptimStepParameters = { ...OPTIMIZER, beta1: 0, beta2: 0 };

/** The loss of imitation. */
export const CROSS_ENTROPY: Loss = { kind: 'cross-entropy' };

/** The loss of reinforcement. */
export type PolicyGradient = Extract<Loss, { readonly kind: 'policy-gradient' }>;

/** Every part of the loss counts. */
export const CLIPPED_WITH_KL: PolicyGradient = {
  kind: 'policy-gradient',
  clipLow: 0.2,
  clipHigh: 0.28,
  klWeight: 0.3,
  klClamp: 0.4,
};

/** The same, and entropies count. */
export const CLIPPED_WITH_ENTROPIES: PolicyGradient = { ...CLIPPED_WITH_KL, entropies: true };

/** Log-probabilities alone, weighed. */
export const LINEAR: Loss = { kind: 'linear', entropies: false };

/** Log-probabilities and entropies, weighed, away from temperature 1. */
export const LINEAR_WITH_ENTROPIES: Extract<Loss, { readonly kind: 'linear' }> & {
  readonly temperature: number;
} = { kind: 'linear', temperature: 1.4, entropies: true };

/** What is drawn, where it departs from 2 completions of seed 7 by `SAMPLING`. */
export interface Draws {
  readonly count?: number;
  readonly seed?: number;
  readonly sampling?: Partial<SamplingParameters>;
}

/** The stream of completions of one prompt. */
export function sample(
  policy: Policy,
  prompt: EncodedPrompt,
  { count = 2, seed = 7, sampling = {} }: Draws = {},
): Observable<SampleEvent> {
  return policy.sample({
    prompts: [prompt],
    completionsPerPrompt: count,
    sampling: { ...SAMPLING, ...sampling },
    seed,
  });
}

/** Everything that a stream emits. */
export function collect(events$: Observable<SampleEvent>): Promise<SampleEvent[]> {
  return lastValueFrom(events$.pipe(toArray()));
}

/** Finished completions, by prompt and completion. */
export function finished(events: readonly SampleEvent[]): readonly Completion[] {
  return events
    .filter((event): event is Completion => event.type === 'completion')
    .sort((a, b) => a.prompt - b.prompt || a.completion - b.completion);
}

/** The completions of one prompt. */
export async function draw(
  policy: Policy,
  prompt: EncodedPrompt,
  draws: Draws = {},
): Promise<readonly Completion[]> {
  return finished(await collect(sample(policy, prompt, draws)));
}

/** Their tokens, as plain numbers. */
export function tokensOf(completions: readonly Completion[]): readonly (readonly number[])[] {
  return completions.map(({ tokenIds }) => [...tokenIds]);
}

/**
 * A batch of two groups whose prompts and completions differ in length. Weights differ from token to token, advantages from
 * completion to completion; old and reference log-probabilities lie off the current ones, some beyond clip and clamp, none near them.
 *
 * @param temperature Of those log-probabilities.
 */
export async function demonstrations(
  policy: Policy,
  prompt: EncodedPrompt,
  temperature = 1,
): Promise<readonly [TrainingGroup, TrainingGroup]> {
  const [a, b, c, d] = (await draw(policy, prompt, { count: 4 })).map(
    ({ tokenIds }) => tokenIds,
  ) as [Int32Array, Int32Array, Int32Array, Int32Array];
  const longer = {
    ...prompt,
    tokenIds: Int32Array.of(...prompt.tokenIds, ...withoutStop(policy, d)),
  };
  const groups = [
    { prompt, completions: [a, b.slice(0, 5)] },
    { prompt: longer, completions: [c, d.slice(0, 1)] },
  ];
  const tokens = a.length + c.length + Math.min(5, b.length) + 1;
  const { logProbs: found } = await policy.logProbs(groups, 'current', { temperature });
  const [first, second] = groups.map((group, groupIndex) => ({
    ...group,
    targets: found[groupIndex]!.map((logProbs, index): TokenTargets => ({
      weights: logProbs.map((_, token) => (1 + (token % 3)) / (2 * tokens)),
      entropyWeights: logProbs.map((_, token) => (1 + ((token + index) % 4)) / (3 * tokens)),
      advantages: logProbs.map(() => (index === 0 ? 1 : -0.7)),
      oldLogProbs: logProbs.map((logProb, token) => logProb + [0.1, -0.1, 0.6, -0.6][token % 4]!),
      referenceLogProbs: logProbs.map((logProb, token) => logProb + [0.3, -0.2, 0.9][token % 3]!),
    })),
  }));
  return [first!, second!];
}

function withoutStop(policy: Policy, tokenIds: Int32Array): Int32Array {
  return tokenIds.filter((id) => !policy.processor.stopTokenIds.includes(id));
}

/** The same groups, their weights times a factor. */
export function weighted(
  groups: readonly TrainingGroup[],
  factor: number,
): readonly TrainingGroup[] {
  return groups.map((group) => ({
    ...group,
    targets: group.targets.map((targets) => ({
      ...targets,
      weights: targets.weights.map((weight) => weight * factor),
      ...(targets.entropyWeights && {
        entropyWeights: targets.entropyWeights.map((weight) => weight * factor),
      }),
    })),
  }));
}

/** Drops the accumulated gradients and returns their norm. Weights stay; the moments and their count of steps change. */
export async function dropGradients(policy: Policy): Promise<number> {
  return (await policy.optimStep({ ...SIGNED_STEP, learningRate: 0 })).gradNorm;
}

/**
 * A step of plain gradient descent, w ← w − rate · g, made of AdamW: an epsilon that dwarfs every gradient leaves of
 * `learningRate · m / (√v + epsilon)` no more than `learningRate / epsilon · m`.
 *
 * @param gradNorm Of the gradient; no smaller than it is.
 */
export function descend(
  policy: Policy,
  rate: number,
  gradNorm: number,
  { beta1 = 0, maxGradNorm = 0 } = {},
): Promise<OptimStepResult> {
  const epsilon = 1e4 * gradNorm;
  const learningRate = rate * epsilon;
  return policy.optimStep({ ...SIGNED_STEP, learningRate, epsilon, beta1, maxGradNorm });
}

/** @throws AssertionError unless the values lie within `tolerance` of each other, each by each. */
export function assertClose(
  found: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what = 'token',
): void {
  assert.equal(found.length, expected.length);
  for (let index = 0; index < found.length; index++) {
    const [one, other] = [found[index]!, expected[index]!];
    assert.ok(Math.abs(one - other) <= tolerance, `${what} ${index}: ${one} against ${other}`);
  }
}

/** @throws AssertionError unless the two differ by at most this share of the second. */
export function assertRatio(found: number, expected: number, share: number, what: string): void {
  const far = Math.abs(found - expected) > share * Math.abs(expected);
  assert.ok(!far, `${what}: ${found}, and should be ${expected}`);
}

/** @throws AssertionError unless the work fails with a LociError that has a message. */
export async function assertRefused(work: Promise<unknown>, what: string): Promise<void> {
  const thrown: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(thrown !== undefined, `${what} is not refused`);
  assert.ok(
    LociError.is(thrown),
    `${what} fails with an error that is not a LociError: ${String(thrown)}`,
  );
  assert.ok(thrown.message.length > 0, `${what} is refused without a message`);
}
