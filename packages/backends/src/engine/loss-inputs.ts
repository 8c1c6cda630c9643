/** Lays out the arrays and numbers that a loss reads, for a run. */
import type { Loss, TokenTargets, TrainingGroup } from '@loci/core';
import type { BatchLayout } from '../models/spec/batches.ts';
import type { HostTensor, HostTensors } from '../ops/host-tensor.ts';
import { LOSS_ARRAYS, LOSS_NUMBERS, lossForm } from './loss.ts';
import type { LossForm } from './loss.ts';

/** The value for no clamp; finite, so that a product with 0 stays 0. */
const UNBOUNDED = 3e38;

type ArrayName = 'real' | (typeof LOSS_ARRAYS)[LossForm][number];

/** The values of each array for one completion; absent ones stay 0. */
const VALUES: Readonly<
  Record<ArrayName, (targets: TokenTargets, loss: Loss) => Float32Array | undefined>
> = {
  real: ({ weights }) => ones(weights),
  weights: ({ weights }) => weights,
  entropyWeights: ({ entropyWeights }) => entropyWeights,
  advantages: ({ advantages }) => advantages,
  oldLogProbs: ({ oldLogProbs }) => oldLogProbs,
  ownOld: ({ weights, oldLogProbs }) => (oldLogProbs ? undefined : ones(weights)),
  referenceLogProbs: ({ referenceLogProbs }, loss) =>
    loss.kind === 'policy-gradient' && loss.klWeight !== 0 ? referenceLogProbs : undefined,
};

function ones({ length }: Float32Array): Float32Array {
  return new Float32Array(length).fill(1);
}

function numbersOf(loss: Loss): Readonly<Record<string, number>> {
  if (loss.kind !== 'policy-gradient') return {};
  return {
    ratioMin: 1 - loss.clipLow,
    ratioMax: 1 + loss.clipHigh,
    klWeight: loss.klWeight,
    klClamp: loss.klWeight === 0 ? 0 : (loss.klClamp ?? UNBOUNDED),
  };
}

/**
 * Inputs of a loss for the groups of a run; groups from index `real` on get weight 0.
 *
 * @param groups with targets that fit the loss and the completions, as checked by `checkTrainingGroups` of core.
 */
export function lossInputs(
  layout: BatchLayout,
  groups: readonly TrainingGroup[],
  real: number,
  loss: Loss,
): HostTensors {
  const { completions, completionLength } = layout;
  const shape = [layout.groups * completions, completionLength];
  const form = lossForm(loss);
  const names: readonly ArrayName[] = ['real', ...LOSS_ARRAYS[form]];
  const arrays = names.map((name): [string, HostTensor] => {
    const data = new Float32Array(layout.groups * completions * completionLength);
    groups.slice(0, real).forEach(({ targets }, group) =>
      targets.forEach((own, completion) => {
        const values = VALUES[name](own, loss);
        if (values) data.set(values, (group * completions + completion) * completionLength);
      }),
    );
    return [`loss.${name}`, { shape, data }];
  });
  const numbers = numbersOf(loss);
  const scalars = LOSS_NUMBERS[form].map((name): [string, HostTensor] => [
    `loss.${name}`,
    { shape: [], data: Float32Array.of(numbers[name]!) },
  ]);
  return Object.fromEntries([...arrays, ...scalars]);
}
