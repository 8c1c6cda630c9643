/** That the optimizer is AdamW with clipping by the global norm, seen by what its steps do to the loss. */
import assert from 'node:assert/strict';
import type { OptimStepParameters, Policy, TrainingGroup } from '../../spec/index.ts';
import type { PolicyCheck } from './policy-check.ts';
import {
  CROSS_ENTROPY,
  OPTIMIZER,
  SIGNED_STEP,
  assertClose,
  assertRatio,
  demonstrations,
  descend,
  dropGradients,
  weighted,
} from './workload.ts';

/** What a whole step should change the loss by. */
const CHANGE = 1e-3;

/** Of AdamW, by the losses that steps lead to. */
export const OPTIMIZER_CHECKS: readonly PolicyCheck[] = [
  {
    name: 'a first step is as long whatever the scale of the loss',
    fresh: true,
    needs: ['training', 'cross-entropy'],
    async run({ policy, prompt, another }) {
      const groups = await demonstrations(policy, prompt);
      const other = await another();
      const { logProbs: before } = await policy.logProbs(groups, 'current');
      const moved = async (which: Policy, scale: number): Promise<readonly number[]> => {
        await which.forwardBackward(weighted(groups, scale), CROSS_ENTROPY);
        await which.optimStep({ ...OPTIMIZER, epsilon: 1e-12 });
        const after = (await which.logProbs(groups, 'current')).logProbs.flat();
        return before
          .flat()
          .flatMap((old, index) => [...old.map((x, at) => after[index]![at]! - x)]);
      };
      // A power of 2, so that nothing is rounded otherwise.
      const [own, scaled] = [await moved(policy, 1), await moved(other, 8)];
      const far = Math.max(...own.map(Math.abs));
      assert.ok(far > 0, 'nothing moved');
      assertClose(scaled, own, 0.02 * far, 'move of the log-probability of token');
    },
  },
  {
    name: 'the norm that it reports is that before clipping, to which the step is cut',
    needs: ['training', 'cross-entropy'],
    async run({ policy, prompt }) {
      const groups = await demonstrations(policy, prompt);
      const { loss: before } = await policy.forwardBackward(groups, CROSS_ENTROPY);
      const gradNorm = await dropGradients(policy);
      const rate = (CHANGE * Math.max(1, before)) / gradNorm ** 2;
      await policy.forwardBackward(groups, CROSS_ENTROPY);
      const clipped = await descend(policy, rate, gradNorm, { maxGradNorm: gradNorm / 4 });
      assertRatio(clipped.gradNorm, gradNorm, 1e-3, 'reported norm');
      const change = (await lossOf(policy, groups)) - before;
      assertRatio(
        change,
        (-rate * gradNorm ** 2) / 4,
        0.05,
        'change of the loss by a step cut to a quarter',
      );
    },
  },
  {
    name: 'moments carry over, with their bias corrected',
    fresh: true,
    needs: ['training', 'cross-entropy'],
    async run({ policy, prompt }) {
      const groups = await demonstrations(policy, prompt);
      const beta1 = 0.9;
      const { loss: before } = await policy.forwardBackward(groups, CROSS_ENTROPY);
      const still = await policy.optimStep({ ...OPTIMIZER, beta1, learningRate: 0 });
      const rate = (CHANGE * Math.max(1, before)) / still.gradNorm ** 2;
      // m₁ = (1 − β)g. Without gradient m₂ = β(1 − β)g, and its bias is corrected by 1 − β².
      await policy.forwardBackward(weighted(groups, 0), CROSS_ENTROPY);
      await descend(policy, rate, still.gradNorm, { beta1 });
      const share = (beta1 * (1 - beta1)) / (1 - beta1 ** 2);
      const expected = -share * rate * still.gradNorm ** 2;
      assertRatio((await lossOf(policy, groups)) - before, expected, 0.05, 'change of the loss');
    },
  },
  {
    name: 'without gradient nothing moves but by weight decay',
    needs: ['training', 'cross-entropy'],
    async run({ policy, prompt }) {
      const groups = await demonstrations(policy, prompt);
      // Parameters that start at 0, as half of those of LoRA do, would not be seen to decay.
      await policy.forwardBackward(groups, CROSS_ENTROPY);
      await policy.optimStep(SIGNED_STEP);
      const before = await policy.logProbs(groups, 'current');
      const idle = async (change: Partial<OptimStepParameters>) => {
        await policy.forwardBackward(weighted(groups, 0), CROSS_ENTROPY);
        const { gradNorm, applied } = await policy.optimStep({ ...SIGNED_STEP, ...change });
        assert.deepEqual({ gradNorm, applied }, { gradNorm: 0, applied: true });
        return policy.logProbs(groups, 'current');
      };
      assert.deepEqual(await idle({}), before);
      assert.deepEqual(await idle({ learningRate: 0, weightDecay: 0.5 }), before);
      assert.notDeepEqual(await idle({ learningRate: 0.1, weightDecay: 0.5 }), before);
    },
  },
];

/** The loss of a batch, whose gradients are dropped. */
async function lossOf(policy: Policy, groups: readonly TrainingGroup[]): Promise<number> {
  const { loss } = await policy.forwardBackward(groups, CROSS_ENTROPY);
  await dropGradients(policy);
  return loss;
}
