/** Bad input is refused by a LociError before anything is computed, and leaves the policy as it was. */
import assert from 'node:assert/strict';
import type { Loss, TokenTargets, TrainingGroup } from '../../spec/index.ts';
import type { PolicyCheck, PolicyTrial } from './policy-check.ts';
import {
  CLIPPED_WITH_ENTROPIES,
  CLIPPED_WITH_KL,
  CROSS_ENTROPY,
  LINEAR_WITH_ENTROPIES,
  SIGNED_STEP,
  assertRatio,
  assertRefused,
  collect,
  demonstrations,
  draw,
  dropGradients,
  sample,
  tokensOf,
} from './workload.ts';

/** Of bad input. */
export const REFUSAL_CHECKS: readonly PolicyCheck[] = [
  {
    name: 'requests that no model could answer',
    async run({ policy, prompt }) {
      const expected = tokensOf(await draw(policy, prompt));
      for (const [what, tokenIds, maxNewTokens] of badPrompts({ policy, prompt })) {
        const drawing = collect(
          sample(policy, { ...prompt, tokenIds }, { sampling: { maxNewTokens } }),
        );
        await assertRefused(drawing, what);
      }
      assert.deepEqual(tokensOf(await draw(policy, prompt)), expected);
    },
  },
  {
    name: 'groups that no model could read',
    needs: ['training'],
    async run({ policy, prompt }) {
      const expected = tokensOf(await draw(policy, prompt));
      const [good] = await demonstrations(policy, prompt);
      const foreign = Int32Array.of(policy.processor.vocabularySize);
      const bad: readonly (readonly [what: string, group: TrainingGroup])[] = [
        ...badPrompts({ policy, prompt }).map(
          ([what, tokenIds]) => [what, { ...good, prompt: { ...prompt, tokenIds } }] as const,
        ),
        ['an empty completion', withCompletion(good, new Int32Array())],
        ['a token that is not in the vocabulary', withCompletion(good, foreign)],
        ['a token below 0', withCompletion(good, Int32Array.of(-1))],
      ];
      for (const [what, group] of bad) {
        await assertRefused(policy.logProbs([good, group], 'current'), what);
        await assertRefused(policy.forwardBackward([good, group], CROSS_ENTROPY), what);
      }
      assert.equal(await dropGradients(policy), 0, 'a refused batch left gradients');
      assert.deepEqual(tokensOf(await draw(policy, prompt)), expected);
    },
  },
  {
    name: 'targets that do not fit their completions, without a trace in the gradients',
    needs: ['training', 'cross-entropy', 'policy-gradient'],
    async run({ policy, prompt }) {
      const [good, other] = await demonstrations(policy, prompt);
      await policy.forwardBackward([good], CROSS_ENTROPY);
      const gradNorm = await dropGradients(policy);
      await policy.forwardBackward([good], CROSS_ENTROPY);
      for (const [what, change, loss] of BAD_TARGETS) {
        const targets = other.targets.map((own, index) => (index === 1 ? change(own) : own));
        const batch = [good, { ...other, targets: targets.filter((own) => own !== undefined) }];
        await assertRefused(policy.forwardBackward(batch, loss), what);
      }
      assertRatio(await dropGradients(policy), gradNorm, 1e-3, 'norm after refused batches');
    },
  },
  {
    name: 'temperatures that no distribution has',
    needs: ['training', 'cross-entropy'],
    async run({ policy, prompt }) {
      const groups = await demonstrations(policy, prompt);
      for (const temperature of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
        const what = `temperature ${temperature}`;
        await assertRefused(policy.logProbs(groups, 'current', { temperature }), what);
        await assertRefused(
          policy.forwardBackward(groups, { ...CROSS_ENTROPY, temperature }),
          what,
        );
      }
      assert.equal(await dropGradients(policy), 0, 'a refused batch left gradients');
    },
  },
  {
    name: 'what is not finite never reaches the weights',
    needs: ['training', 'cross-entropy'],
    async run({ policy, prompt }) {
      const [good, other] = await demonstrations(policy, prompt);
      const before = await policy.logProbs([good], 'current');
      for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
        const targets = other.targets.map((own) => ({ weights: own.weights.map(() => value) }));
        const refused = await policy.forwardBackward([{ ...other, targets }], CROSS_ENTROPY).then(
          () => false,
          () => true,
        );
        const { applied } = await policy.optimStep(SIGNED_STEP);
        assert.ok(refused || !applied, `weights of ${value} in the loss gave a step`);
        assert.deepEqual(await policy.logProbs([good], 'current'), before);
      }
      await policy.forwardBackward([good], CROSS_ENTROPY);
      const { applied, gradNorm } = await policy.optimStep(SIGNED_STEP);
      assert.ok(applied && gradNorm > 0, 'it cannot be trained any more');
      assert.notDeepEqual(await policy.logProbs([good], 'current'), before);
    },
  },
];

/** Prompts that cannot be answered, each with its number of new tokens. */
function badPrompts({
  policy,
  prompt,
}: Pick<PolicyTrial, 'policy' | 'prompt'>): readonly (readonly [string, Int32Array, number])[] {
  const { maxTokens } = policy.capabilities;
  const { vocabularySize } = policy.processor;
  const { tokenIds } = prompt;
  const endless = new Int32Array(maxTokens).map((_, index) => tokenIds[index % tokenIds.length]!);
  return [
    ['an empty prompt', new Int32Array(), 4],
    ['a prompt of a foreign token', Int32Array.of(...tokenIds, vocabularySize), 4],
    ['a prompt that leaves no room for a completion', endless, 4],
  ];
}

function withCompletion(group: TrainingGroup, tokenIds: Int32Array): TrainingGroup {
  const weights = new Float32Array(tokenIds.length).fill(1);
  return { ...group, completions: [tokenIds], targets: [{ weights }] };
}

type Change = (targets: TokenTargets) => TokenTargets | undefined;

const BAD_TARGETS: readonly (readonly [what: string, change: Change, loss: Loss])[] = [
  ['a completion without targets', () => undefined, CROSS_ENTROPY],
  [
    'too many weights',
    (own) => ({ ...own, weights: new Float32Array(own.weights.length + 1) }),
    CROSS_ENTROPY,
  ],
  [
    'too few advantages',
    (own) => ({ ...own, advantages: own.advantages!.slice(1) }),
    CLIPPED_WITH_KL,
  ],
  [
    'too few weights of entropies',
    (own) => ({ ...own, entropyWeights: own.entropyWeights!.slice(1) }),
    LINEAR_WITH_ENTROPIES,
  ],
  [
    'a loss of entropies without their weights',
    ({ weights }) => ({ weights }),
    LINEAR_WITH_ENTROPIES,
  ],
  [
    'a policy gradient with entropies without their weights',
    ({ weights, advantages, referenceLogProbs }) => ({
      weights,
      ...(advantages && { advantages }),
      ...(referenceLogProbs && { referenceLogProbs }),
    }),
    CLIPPED_WITH_ENTROPIES,
  ],
  [
    'a policy gradient without advantages',
    ({ weights, referenceLogProbs }) => ({
      weights,
      ...(referenceLogProbs && { referenceLogProbs }),
    }),
    CLIPPED_WITH_KL,
  ],
  [
    'a KL weight without reference',
    ({ weights, advantages }) => ({ weights, ...(advantages && { advantages }) }),
    CLIPPED_WITH_KL,
  ],
];
