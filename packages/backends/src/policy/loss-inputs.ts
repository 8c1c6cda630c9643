/** The arrays and numbers that a loss reads, laid out for a run. */
import { LociError } from '@loci/core';
import type { Loss, TokenTargets, TrainingGroup } from '@loci/core';
import type { BatchLayout } from '../model/batch-layout.ts';
import type { HostTensor, HostTensors } from '../model/host-tensor.ts';
import { LOSS_ARRAYS, LOSS_NUMBERS } from './loss.ts';

/** Stands for no clamp; finite, so that a product with 0 stays 0. */
const UNBOUNDED = 3e38;

type Field = Exclude<keyof TokenTargets, 'weights'>;

function numbersOf(loss: Loss): Readonly<Record<string, number>> {
  if (loss.kind === 'cross-entropy') return {};
  return {
    ratioMin: 1 - loss.clipLow,
    ratioMax: 1 + loss.clipHigh,
    klWeight: loss.klWeight,
    klClamp: loss.klWeight === 0 ? 0 : (loss.klClamp ?? UNBOUNDED),
  };
}

function needed(targets: TokenTargets, field: Field, why: string): Float32Array {
  const values = targets[field];
  if (values) return values;
  throw new LociError(
    'missing-targets',
    `${why} needs "${field}" in the targets of every completion`,
  );
}

function valuesOf(name: string, targets: TokenTargets, loss: Loss): Float32Array | undefined {
  switch (name) {
    case 'weights':
      return targets.weights;
    case 'advantages':
      return needed(targets, 'advantages', 'the policy gradient');
    case 'oldLogProbs':
      return targets.oldLogProbs;
    case 'ownOld':
      return targets.oldLogProbs ? undefined : targets.weights.map(() => 1);
    case 'referenceLogProbs':
      return loss.kind === 'policy-gradient' && loss.klWeight !== 0
        ? needed(targets, 'referenceLogProbs', 'a KL weight')
        : undefined;
    default:
      throw new Error(`unknown loss array "${name}"`);
  }
}

/**
 * Inputs of a loss for the groups of a run; groups from index `real` on get weight 0.
 *
 * @throws LociError `missing-targets`, `bad-targets` naming what does not fit the completion.
 */
export function lossInputs(
  layout: BatchLayout,
  groups: readonly TrainingGroup[],
  real: number,
  loss: Loss,
): HostTensors {
  const { completions, completionLength } = layout;
  const shape = [layout.groups * completions, completionLength];
  const arrays = ['real', ...LOSS_ARRAYS[loss.kind]].map((name): [string, HostTensor] => {
    const data = new Float32Array(layout.groups * completions * completionLength);
    groups.slice(0, real).forEach((group, groupIndex) =>
      group.completions.forEach((tokens, index) => {
        const targets = group.targets[index];
        if (!targets)
          throw new LociError('bad-targets', 'a group has fewer targets than completions');
        const at = (groupIndex * completions + index) * completionLength;
        const values = name === 'real' ? tokens.map(() => 1) : valuesOf(name, targets, loss);
        if (values && values.length !== tokens.length) {
          throw new LociError(
            'bad-targets',
            `"${name}" has ${values.length} values for a completion of ${tokens.length} tokens`,
          );
        }
        if (values) data.set(values, at);
      }),
    );
    return [`loss.${name}`, { shape, data }];
  });
  const numbers = numbersOf(loss);
  const scalars = LOSS_NUMBERS[loss.kind].map((name): [string, HostTensor] => [
    `loss.${name}`,
    { shape: [], data: Float32Array.of(numbers[name]!) },
  ]);
  return Object.fromEntries([...arrays, ...scalars]);
}
