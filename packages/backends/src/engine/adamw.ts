/** Implements AdamW (arXiv 1711.05101) over all parameters at once, for all engines. */
import type { OptimStepParameters } from '@loci/core';
import type { ElementOps } from '../ops/element-ops.ts';

/** Numbers that the update reads, scalars float32. */
export const ADAMW_NUMBERS = [
  'gradientScale',
  'beta1',
  'oneMinusBeta1',
  'beta2',
  'oneMinusBeta2',
  'inverseRootCorrection2',
  'epsilon',
  'stepSize',
  'decay',
] as const;

/** Name of a number of the update. */
export type AdamWNumber = (typeof ADAMW_NUMBERS)[number];

/** The numbers of an update. @param step number of this update, from 1. @param gradNorm global norm before clipping. */
export function adamwNumbers(
  parameters: OptimStepParameters,
  gradNorm: number,
  step: number,
): Readonly<Record<AdamWNumber, number>> {
  const { learningRate, beta1, beta2, epsilon, weightDecay, maxGradNorm } = parameters;
  return {
    // As torch's clip_grad_norm_, whose small constant keeps a norm of 0 harmless.
    gradientScale: maxGradNorm > 0 ? Math.min(1, maxGradNorm / (gradNorm + 1e-6)) : 1,
    beta1,
    oneMinusBeta1: 1 - beta1,
    beta2,
    oneMinusBeta2: 1 - beta2,
    inverseRootCorrection2: 1 / Math.sqrt(1 - beta2 ** step),
    epsilon,
    stepSize: learningRate / (1 - beta1 ** step),
    decay: 1 - learningRate * weightDecay,
  };
}

/** Vectors of an update, each as long as the parameter arena. */
export interface AdamWState<T> {
  readonly parameters: T;
  readonly mean: T;
  readonly square: T;
}

/**
 * One update. With g the scaled gradient: m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g²,
 * p ← decay·p − stepSize · m / (√v · inverseRootCorrection2 + ε), where decay = 1 − lr·weightDecay, stepSize = lr / (1−β₁ᵗ)
 * and inverseRootCorrection2 = 1 / √(1−β₂ᵗ).
 */
export function adamwUpdate<T>(
  ops: ElementOps<T>,
  state: AdamWState<T>,
  gradient: T,
  number: (name: AdamWNumber) => T,
): AdamWState<T> {
  const times = (x: T, name: AdamWNumber) => ops.multiply(x, number(name));
  const scaled = times(gradient, 'gradientScale');
  const mean = ops.add(times(state.mean, 'beta1'), times(scaled, 'oneMinusBeta1'));
  const square = ops.add(
    times(state.square, 'beta2'),
    times(ops.multiply(scaled, scaled), 'oneMinusBeta2'),
  );
  const root = times(ops.squareRoot(square), 'inverseRootCorrection2');
  const denominator = ops.add(root, number('epsilon'));
  const step = times(ops.divide(mean, denominator), 'stepSize');
  const parameters = ops.subtract(times(state.parameters, 'decay'), step);
  return { parameters, mean, square };
}
