/** Implements the losses of `spec/policy.ts` over arrays `[completions, tokens]`, for all engines. */
import { weighsEntropies } from '@loci/core';
import type { Loss } from '@loci/core';
import type { CompletionFigures } from '../models/spec/graphs.ts';
import type { ElementOps } from '../ops/element-ops.ts';
import type { DeclareInput } from '../ops/host-tensor.ts';

/** The properties of a loss that its graph depends on, except the temperature. */
export type LossForm = Loss['kind'] | `${'linear' | 'policy-gradient'}-with-entropies`;

/** The form of a loss. */
export function lossForm(loss: Loss): LossForm {
  return weighsEntropies(loss) ? `${loss.kind}-with-entropies` : loss.kind;
}

const POLICY_GRADIENT_ARRAYS = [
  'weights',
  'advantages',
  'oldLogProbs',
  'ownOld',
  'referenceLogProbs',
] as const;

const POLICY_GRADIENT_NUMBERS = ['ratioMin', 'ratioMax', 'klWeight', 'klClamp'] as const;

/** Arrays that a loss reads beside the log-probabilities, all `[completions, tokens]` float32. */
export const LOSS_ARRAYS = {
  'cross-entropy': ['weights'],
  linear: ['weights'],
  'linear-with-entropies': ['weights', 'entropyWeights'],
  'policy-gradient': POLICY_GRADIENT_ARRAYS,
  'policy-gradient-with-entropies': [...POLICY_GRADIENT_ARRAYS, 'entropyWeights'],
} as const satisfies Record<LossForm, readonly string[]>;

/** Numbers that a loss reads, scalars float32. */
export const LOSS_NUMBERS = {
  'cross-entropy': [],
  linear: [],
  'linear-with-entropies': [],
  'policy-gradient': POLICY_GRADIENT_NUMBERS,
  'policy-gradient-with-entropies': POLICY_GRADIENT_NUMBERS,
} as const satisfies Record<LossForm, readonly string[]>;

/**
 * `Σ weight · (−min(ratio·A, clip(ratio)·A) + klWeight · (eˣ − x − 1))`, x the clamped `reference − logp` (k3 estimator,
 * http://joschu.net/blog/kl-approx.html; clipping after PPO, arXiv 1707.06347). `ownOld` is 1 where the old
 * log-probability is the current one.
 */
function policyGradient<T>(
  ops: ElementOps<T>,
  logProbs: T,
  array: (name: string) => T,
  number: (name: string) => T,
): T {
  const { add, subtract, multiply, minimum, maximum } = ops;
  const [weights, advantages] = [array('weights'), array('advantages')];
  const own = multiply(ops.detach(logProbs), array('ownOld'));
  const old = add(array('oldLogProbs'), own);
  const ratio = ops.exponential(subtract(logProbs, old));
  const clipped = minimum(maximum(ratio, number('ratioMin')), number('ratioMax'));
  const surrogate = minimum(multiply(ratio, advantages), multiply(clipped, advantages));
  const clamp = number('klClamp');
  const distance = subtract(array('referenceLogProbs'), logProbs);
  const bounded = minimum(maximum(distance, ops.negate(clamp)), clamp);
  const excess = subtract(ops.exponential(bounded), bounded);
  const divergence = subtract(excess, ops.scalar(1));
  const penalty = multiply(divergence, number('klWeight'));
  return ops.sum(multiply(weights, subtract(penalty, surrogate)));
}

/** `Σ weight · (−logp)`. */
function crossEntropy<T>(ops: ElementOps<T>, logProbs: T, array: (name: string) => T): T {
  return ops.negate(ops.sum(ops.multiply(array('weights'), logProbs)));
}

/** `Σ weight · logp`. */
function linear<T>(ops: ElementOps<T>, logProbs: T, array: (name: string) => T): T {
  return ops.sum(ops.multiply(array('weights'), logProbs));
}

/** `Σ entropyWeight · H`. */
function byEntropy<T>(ops: ElementOps<T>, entropies: T, array: (name: string) => T): T {
  return ops.sum(ops.multiply(array('entropyWeights'), entropies));
}

/**
 * The scalar that is minimized. Padding is zeroed before the loss: an arbitrary log-probability there could overflow its
 * exponentials.
 *
 * @param figures `[completions, tokens]` each, anything where a completion is padded.
 * @param shape theirs.
 * @param declare declares an input; `lossInputs` makes the values.
 */
export function lossOf<T>(
  ops: ElementOps<T>,
  form: LossForm,
  { logProbs, entropies }: CompletionFigures<T>,
  shape: readonly number[],
  declare: DeclareInput<T>,
): T {
  const array = (name: string) => declare(`loss.${name}`, shape, 'float32');
  const number = (name: string) => declare(`loss.${name}`, [], 'float32');
  const real = ops.multiply(logProbs, array('real'));
  switch (form) {
    case 'cross-entropy':
      return crossEntropy(ops, real, array);
    case 'policy-gradient':
      return policyGradient(ops, real, array, number);
    case 'policy-gradient-with-entropies':
      return ops.add(policyGradient(ops, real, array, number), byEntropy(ops, entropies!, array));
    case 'linear':
      return linear(ops, real, array);
    case 'linear-with-entropies':
      return ops.add(linear(ops, real, array), byEntropy(ops, entropies!, array));
    default:
      return form satisfies never;
  }
}
