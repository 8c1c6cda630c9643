/** The optimiser step on the stored tensors: norm, clipping, AdamW. */
import type { OptimStepParameters, OptimStepResult } from '@loci/core';
import type { SessionHandle, SessionHost } from '../session-host.ts';
import type { Feed } from '../session-messages.ts';
import { ADAMW_NUMBERS, adamwGraph, gradientNormGraph } from './optimizer-graph.ts';

/** Names of stored tensors, each of the arena's size. */
export const STORE = {
  current: 'current',
  start: 'start',
  gradient: 'gradient',
  mean: 'mean',
  square: 'square',
} as const;

/** Where an optimiser finds and leaves its tensors. */
export type OptimizerStore = Readonly<Record<'current' | 'gradient' | 'mean' | 'square', string>>;

/** AdamW with bias correction; moments and weights live in the session worker. */
export class AdamW {
  /** Updates applied since the moments were zero. */
  step = 0;
  readonly #host: SessionHost;
  readonly #size: number;
  readonly #store: OptimizerStore;
  #sessions: Promise<{ readonly norm: SessionHandle; readonly update: SessionHandle }> | undefined;

  constructor(host: SessionHost, size: number, store: OptimizerStore = STORE) {
    this.#host = host;
    this.#size = size;
    this.#store = store;
  }

  /** Applies the stored gradient and clears it; a norm that is not finite changes nothing but clears it too. */
  async apply(parameters: OptimStepParameters): Promise<OptimStepResult> {
    const { norm, update } = await (this.#sessions ??= this.#compile());
    const flat = (stored: string): Feed => ({ type: 'float32', shape: [this.#size], stored });
    const gradient = flat(this.#store.gradient);
    const { squares } = await this.#host.run(norm, { gradient }, { squares: 'return' });
    const gradNorm = Math.sqrt(Number(squares!.data[0]));
    const applied = Number.isFinite(gradNorm);
    if (applied) {
      this.step++;
      await this.#host.run(
        update,
        {
          parameters: flat(this.#store.current),
          gradient,
          mean: flat(this.#store.mean),
          square: flat(this.#store.square),
          ...this.#numbers(parameters, gradNorm),
        },
        {
          newParameters: { store: this.#store.current },
          newMean: { store: this.#store.mean },
          newSquare: { store: this.#store.square },
        },
      );
    }
    await this.#host.fill(this.#store.gradient, 0);
    return { gradNorm, applied };
  }

  #numbers(parameters: OptimStepParameters, gradNorm: number): Record<string, Feed> {
    const { learningRate, beta1, beta2, epsilon, weightDecay, maxGradNorm } = parameters;
    // As torch's clip_grad_norm_, whose small constant keeps a norm of 0 harmless.
    const gradientScale = maxGradNorm > 0 ? Math.min(1, maxGradNorm / (gradNorm + 1e-6)) : 1;
    const values: Record<(typeof ADAMW_NUMBERS)[number], number> = {
      gradientScale,
      beta1,
      oneMinusBeta1: 1 - beta1,
      beta2,
      oneMinusBeta2: 1 - beta2,
      inverseRootCorrection2: 1 / Math.sqrt(1 - beta2 ** this.step),
      epsilon,
      stepSize: learningRate / (1 - beta1 ** this.step),
      decay: 1 - learningRate * weightDecay,
    };
    return Object.fromEntries(
      ADAMW_NUMBERS.map((name) => [
        name,
        { type: 'float32', shape: [], data: Float32Array.of(values[name]) },
      ]),
    );
  }

  async #compile() {
    return {
      norm: await this.#host.createSession(gradientNormGraph(this.#size)),
      update: await this.#host.createSession(adamwGraph(this.#size)),
    };
  }
}
