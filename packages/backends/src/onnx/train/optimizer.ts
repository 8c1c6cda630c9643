/** The optimiser step on the stored tensors: norm, clipping, AdamW. */
import type { OptimStepParameters, OptimStepResult } from '@loci/core';
import { ADAMW_NUMBERS, adamwNumbers } from '../../policy/adamw.ts';
import type { SessionHandle, SessionHost } from '../session-host.ts';
import type { Feed } from '../session-messages.ts';
import { adamwGraph, gradientNormGraph } from './optimizer-graph.ts';

/** Names of stored tensors, each of the arena's size. */
export const STORE = {
  current: 'current',
  start: 'start',
  gradient: 'gradient',
  mean: 'mean',
  square: 'square',
} as const;

/** The stored tensor of a parameter that is not trained. */
export function frozenStore(parameter: string): string {
  return `frozen/${parameter}`;
}

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
    const values = adamwNumbers(parameters, gradNorm, this.step);
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
