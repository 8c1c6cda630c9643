import type { OptimStepParameters, OptimStepResult } from '../../spec/index.ts';

/** The optimizer's state, each array as long as the weights. */
export interface ArrayMoments {
  readonly mean: ArrayLike<number>;
  readonly square: ArrayLike<number>;
  /** Updates applied. */
  readonly steps: number;
}

/** As torch's `clip_grad_norm_`: keeps a norm of 0 harmless. */
const NORM_FLOOR = 1e-6;

/**
 * AdamW (Loshchilov & Hutter, arXiv 1711.05101) with clipping by the global norm, over one array on the host: for models that
 * live in JavaScript. Engines compute the same on their device.
 *
 * @example
 * const optimizer = new ArrayAdamW(weights.length);
 * optimizer.apply(weights, gradients, { learningRate: 1e-3, beta1: 0.9, … });
 */
export class ArrayAdamW {
  readonly #mean: Float64Array;
  readonly #square: Float64Array;
  #steps = 0;

  constructor(size: number) {
    this.#mean = new Float64Array(size);
    this.#square = new Float64Array(size);
  }

  /** Moves the weights and sets the gradients to 0; gradients whose norm is not finite only go. */
  apply(
    weights: Float64Array,
    gradients: Float64Array,
    { learningRate, beta1, beta2, epsilon, weightDecay, maxGradNorm }: OptimStepParameters,
  ): OptimStepResult {
    const gradNorm = Math.sqrt(gradients.reduce((sum, gradient) => sum + gradient * gradient, 0));
    const applied = Number.isFinite(gradNorm);
    if (applied) {
      const scale = maxGradNorm > 0 ? Math.min(1, maxGradNorm / (gradNorm + NORM_FLOOR)) : 1;
      const steps = ++this.#steps;
      for (const [index, raw] of gradients.entries()) {
        const gradient = raw * scale;
        const mean = beta1 * this.#mean[index]! + (1 - beta1) * gradient;
        const square = beta2 * this.#square[index]! + (1 - beta2) * gradient * gradient;
        [this.#mean[index], this.#square[index]] = [mean, square];
        const spread = Math.sqrt(square / (1 - beta2 ** steps)) + epsilon;
        const update = mean / (1 - beta1 ** steps) / spread + weightDecay * weights[index]!;
        weights[index]! -= learningRate * update;
      }
    }
    gradients.fill(0);
    return { gradNorm, applied };
  }

  /** What a checkpoint holds of it. */
  get moments(): ArrayMoments {
    return { mean: this.#mean.slice(), square: this.#square.slice(), steps: this.#steps };
  }

  /** Goes on from moments, or from none. @throws RangeError when they are of another length. */
  restore(moments?: ArrayMoments): void {
    for (const [own, stored] of [
      [this.#mean, moments?.mean],
      [this.#square, moments?.square],
    ] as const) {
      if (stored !== undefined && stored.length !== own.length) {
        throw new RangeError(`moments of ${stored.length} weights for a model of ${own.length}`);
      }
      own.set(stored ?? new Float64Array(own.length));
    }
    this.#steps = moments?.steps ?? 0;
  }
}
