/** What the passes of a policy return: log-probabilities and the value of the loss. */
import assert from 'node:assert/strict';
import { weighsEntropies } from '../../policy/losses.ts';
import type { Loss, Policy, TrainingGroup } from '../../spec/index.ts';
import { tokenLoss } from '../../train/algorithm/objectives/token-loss.ts';
import type { PolicyCheck } from './policy-check.ts';
import {
  CLIPPED_WITH_ENTROPIES,
  CLIPPED_WITH_KL,
  CROSS_ENTROPY,
  assertClose,
  assertRefused,
  demonstrations,
  draw,
  dropGradients,
} from './workload.ts';

/** Of log-probabilities and the values of losses. */
export const LOSS_CHECKS: readonly PolicyCheck[] = [
  {
    name: 'log-probabilities do not depend on what shares the batch, nor on later tokens',
    needs: ['training'],
    async run({ policy, prompt, logProbTolerance }) {
      const groups = await demonstrations(policy, prompt);
      const { logProbs: together } = await policy.logProbs(groups, 'current');
      assert.deepEqual(
        together.map((group) => group.map(({ length }) => length)),
        groups.map(({ completions }) => completions.map(({ length }) => length)),
      );
      const reversed = await policy.logProbs([...groups].reverse(), 'current');
      for (const [index, logProbs] of reversed.logProbs[1]!.entries()) {
        assertClose(logProbs, together[0]![index]!, logProbTolerance);
      }
      const [{ completions }] = groups;
      const cut = completions.map((tokenIds) => tokenIds.slice(0, 3));
      const found = await policy.logProbs([{ prompt, completions: cut }], 'current');
      for (const [index, logProbs] of found.logProbs[0]!.entries()) {
        assertClose(logProbs, together[0]![index]!.slice(0, 3), logProbTolerance);
      }
    },
  },
  {
    name: 'the start weights are those of a policy that has learned nothing',
    fresh: true,
    needs: ['training'],
    async run({ policy, prompt, logProbTolerance }) {
      const groups = await demonstrations(policy, prompt);
      const { logProbs: start } = await policy.logProbs(groups, 'start');
      const { logProbs: current } = await policy.logProbs(groups, 'current');
      for (const [index, logProbs] of start.flat().entries()) {
        assertClose(logProbs, current.flat()[index]!, logProbTolerance);
      }
    },
  },
  {
    name: 'cross-entropy is the weighted sum of its definition',
    needs: ['training', 'cross-entropy'],
    run: async ({ policy, prompt, logProbTolerance }) =>
      assertDefinition(
        policy,
        await demonstrations(policy, prompt),
        CROSS_ENTROPY,
        logProbTolerance,
      ),
  },
  {
    name: 'at a temperature, the losses are the weighted sums of their definitions',
    needs: ['training', 'cross-entropy', 'policy-gradient'],
    async run({ policy, prompt, logProbTolerance }) {
      const temperature = 1.6;
      const groups = await demonstrations(policy, prompt, temperature);
      for (const loss of [CROSS_ENTROPY, CLIPPED_WITH_KL]) {
        await assertDefinition(policy, groups, { ...loss, temperature }, logProbTolerance);
      }
    },
  },
  {
    name: 'the policy gradient is the weighted sum of its definition, clip, clamp and KL included',
    needs: ['training', 'policy-gradient'],
    async run({ policy, prompt, logProbTolerance }) {
      const groups = await demonstrations(policy, prompt);
      const plain = groups.map((group) => ({
        ...group,
        targets: group.targets.map(({ weights, advantages }) => ({
          weights,
          advantages: advantages!,
        })),
      }));
      await assertDefinition(policy, groups, CLIPPED_WITH_KL, logProbTolerance);
      await assertDefinition(policy, plain, { ...CLIPPED_WITH_KL, klWeight: 0 }, logProbTolerance);
    },
  },
  {
    name: 'the policy gradient weighs entropies too, at its temperature',
    needs: ['training', 'policy-gradient', 'entropies'],
    async run({ policy, prompt, logProbTolerance }) {
      for (const temperature of [1, 1.6]) {
        const groups = await demonstrations(policy, prompt, temperature);
        const loss = { ...CLIPPED_WITH_ENTROPIES, temperature };
        await assertDefinition(policy, groups, loss, logProbTolerance);
      }
    },
  },
];

/** For policies that cannot be trained: they reject training by name. */
export const UNTRAINABLE_CHECKS: readonly PolicyCheck[] = [
  {
    name: 'training is refused by name',
    async run({ policy, prompt }) {
      const [{ tokenIds } = { tokenIds: new Int32Array() }] = await draw(policy, prompt);
      const weights = new Float32Array(tokenIds.length).fill(1);
      const group = { prompt, completions: [tokenIds], targets: [{ weights }] };
      await assertRefused(policy.forwardBackward([group], CROSS_ENTROPY), 'training');
    },
  },
];

/** Holds the loss to `Σ weight · tokenLoss + Σ entropyWeight · H`, worked out from the figures that came back with it. */
async function assertDefinition(
  policy: Policy,
  groups: readonly TrainingGroup[],
  loss: Loss,
  tolerance: number,
): Promise<void> {
  const { temperature = 1 } = loss;
  const { logProbs: expected } = await policy.logProbs(groups, 'current', { temperature });
  const { loss: value, logProbs, entropies } = await policy.forwardBackward(groups, loss);
  await dropGradients(policy);
  for (const [index, found] of logProbs.flat().entries()) {
    assertClose(found, expected.flat()[index]!, tolerance);
  }
  assert.equal(entropies !== undefined, weighsEntropies(loss), 'entropies as the loss asks');
  let sum = 0;
  let scale = 0;
  for (const [groupIndex, { targets }] of groups.entries()) {
    for (const [index, target] of targets.entries()) {
      for (const [token, weight] of target.weights.entries()) {
        const logProb = logProbs[groupIndex]![index]![token]!;
        const entropy = entropies?.[groupIndex]![index]![token] ?? 0;
        const byEntropy = (target.entropyWeights?.[token] ?? 0) * entropy;
        const term = weight * tokenLoss(loss, target, token, logProb).value + byEntropy;
        sum += term;
        scale += Math.abs(term);
      }
    }
  }
  assertClose([value], [sum], 1e-5 * Math.max(1, scale), 'loss');
}
