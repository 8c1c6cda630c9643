/**
 * That gradients are those of the loss, seen through the interface alone: a step of plain gradient descent must change the loss
 * by as much as the gradient says, to first order.
 */
import assert from 'node:assert/strict';
import type { Loss, Policy, TrainingGroup } from '../../spec/index.ts';
import type { PolicyCheck } from './policy-check.ts';
import {
  CLIPPED_WITH_ENTROPIES,
  CLIPPED_WITH_KL,
  CROSS_ENTROPY,
  SIGNED_STEP,
  assertRatio,
  demonstrations,
  descend,
  dropGradients,
  weighted,
} from './workload.ts';

/** What a step should change the loss by: small against its curvature, large against the rounding of float32. */
const CHANGE = 5e-4;

/** Of gradients, by the losses that steps lead to. */
export const GRADIENT_CHECKS: readonly PolicyCheck[] = [
  {
    name: 'gradients of parts add up to those of the whole, and no weight gives none',
    needs: ['training', 'cross-entropy'],
    async run({ policy, prompt }) {
      const groups = await demonstrations(policy, prompt);
      const whole = await gradientOf(policy, groups, CROSS_ENTROPY);
      let loss = 0;
      for (const group of groups)
        loss += (await policy.forwardBackward([group], CROSS_ENTROPY)).loss;
      assertRatio(await dropGradients(policy), whole.norm, 1e-3, 'norm of the sum');
      assertRatio(loss, whole.loss, 1e-3, 'sum of the losses');
      assert.ok(whole.norm > 0, 'no gradient');
      const none = await gradientOf(policy, weighted(groups, 0), CROSS_ENTROPY);
      assert.deepEqual(none, { loss: 0, norm: 0 });
    },
  },
  {
    name: 'cross-entropy falls as its gradient says, and as it says of another batch',
    needs: ['training', 'cross-entropy'],
    run: ({ policy, prompt }) =>
      assertSlopes(policy, demonstrations(policy, prompt), CROSS_ENTROPY),
  },
  {
    name: 'the policy gradient falls as its gradient says, and as it says of another batch',
    needs: ['training', 'policy-gradient'],
    run: ({ policy, prompt }) =>
      assertSlopes(policy, demonstrations(policy, prompt), CLIPPED_WITH_KL),
  },
  {
    name: 'the policy gradient with entropies falls as its gradient says',
    needs: ['training', 'policy-gradient', 'entropies'],
    run: ({ policy, prompt }) =>
      assertSlopes(policy, demonstrations(policy, prompt), CLIPPED_WITH_ENTROPIES),
  },
  {
    name: 'the losses at a temperature fall as their gradients say',
    needs: ['training', 'cross-entropy', 'policy-gradient'],
    async run({ policy, prompt }) {
      const temperature = 1.6;
      for (const loss of [CROSS_ENTROPY, CLIPPED_WITH_KL]) {
        const groups = demonstrations(policy, prompt, temperature);
        await assertSlopes(policy, groups, { ...loss, temperature });
      }
    },
  },
  {
    name: 'a step lowers the loss, moves the current weights, and leaves the start weights',
    needs: ['training', 'cross-entropy'],
    async run({ policy, prompt }) {
      const groups = await demonstrations(policy, prompt);
      const before = await policy.logProbs(groups, 'start');
      const first = await policy.forwardBackward(groups, CROSS_ENTROPY);
      await policy.optimStep(SIGNED_STEP);
      const second = await policy.forwardBackward(groups, CROSS_ENTROPY);
      assert.ok(second.loss < first.loss, `${second.loss} is not below ${first.loss}`);
      assert.deepEqual(await policy.logProbs(groups, 'start'), before);
    },
  },
  {
    name: 'the policy gradient follows the sign of the advantage',
    needs: ['training', 'policy-gradient'],
    async run({ policy, prompt }) {
      const groups = await demonstrations(policy, prompt);
      for (const sign of [1, -1]) {
        const signed = groups.map((group) => ({
          ...group,
          targets: group.targets.map(({ weights }) => ({
            weights,
            advantages: weights.map(() => sign),
          })),
        }));
        const before = await policy.forwardBackward(signed, { ...CLIPPED_WITH_KL, klWeight: 0 });
        await policy.optimStep(SIGNED_STEP);
        const after = await policy.logProbs(groups, 'current');
        const rise = sum(after.logProbs) - sum(before.logProbs);
        assert.ok(rise * sign > 0, `log-probabilities moved by ${rise} for advantages of ${sign}`);
      }
    },
  },
];

/**
 * With a and b the gradients of two batches, a step of −rate · a must change the loss of the first by −rate · a·a and that of the
 * second by −rate · a·b. The interface gives norms alone, so a·b = (‖a + b‖² − ‖a‖² − ‖b‖²) / 2.
 */
async function assertSlopes(
  policy: Policy,
  batches: Promise<readonly [TrainingGroup, TrainingGroup]>,
  loss: Loss,
): Promise<void> {
  const [one, other] = (await batches).map((group) => [group]) as [
    TrainingGroup[],
    TrainingGroup[],
  ];
  const [a, b] = [await gradientOf(policy, one, loss), await gradientOf(policy, other, loss)];
  const both = await gradientOf(policy, [...one, ...other], loss);
  const product = (both.norm ** 2 - a.norm ** 2 - b.norm ** 2) / 2;
  const rate = (CHANGE * Math.max(1, Math.abs(a.loss), Math.abs(b.loss))) / a.norm ** 2;
  await policy.forwardBackward(one, loss);
  await descend(policy, rate, a.norm);
  const [own, cross] = [await gradientOf(policy, one, loss), await gradientOf(policy, other, loss)];
  const scale = rate * a.norm;
  assertRatio((own.loss - a.loss) / scale, -a.norm, 0.03, 'slope along the own gradient');
  const off = Math.abs((cross.loss - b.loss) / scale + product / a.norm);
  assert.ok(off <= 0.03 * b.norm, `slope along another gradient: off by ${off} of ${b.norm}`);
}

/** Loss and norm of the gradient of a batch, which is dropped. */
async function gradientOf(
  policy: Policy,
  batch: readonly TrainingGroup[],
  loss: Loss,
): Promise<{ readonly loss: number; readonly norm: number }> {
  const result = await policy.forwardBackward(batch, loss);
  return { loss: result.loss, norm: await dropGradients(policy) };
}

function sum(logProbs: readonly (readonly Float32Array[])[]): number {
  return logProbs.flat().reduce((total, values) => total + values.reduce((a, b) => a + b, 0), 0);
}
