/** The optimiser step on the stored tensors: norm, clipping, AdamW. */
import type { OptimStepParameters, OptimStepResult } from '@loci/core';
import { ADAMW_NUMBERS, adamwNumbers } from '../../engine/adamw.ts';
import type { GraphRuntime, SessionHandle } from './graph-runtime.ts';
import type { Feed, Fetch } from './runtime-messages.ts';
import { adamwGraph, gradientNormGraph, pieceName } from './optimizer-graph.ts';

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

/** A stretch of the arena that is updated as one vector. */
export interface OptimizerPiece {
  readonly offset: number;
  readonly size: number;
}

/**
 * The pieces that an update works on: on the host the whole arena at once; on a device the parameters one by one, because
 * that is how they lie there.
 */
export function optimizerPieces(
  { onDevice }: Pick<GraphRuntime, 'onDevice'>,
  entries: readonly OptimizerPiece[],
): readonly OptimizerPiece[] {
  if (onDevice) return entries;
  return [{ offset: 0, size: entries.reduce((sum, { size }) => sum + size, 0) }];
}

/** AdamW with bias correction; moments and weights live in the session worker. */
export class AdamW {
  /** Updates applied since the moments were zero. */
  step = 0;
  readonly #runtime: GraphRuntime;
  readonly #pieces: readonly OptimizerPiece[];
  readonly #store: OptimizerStore;
  #sessions: Promise<{ readonly norm: SessionHandle; readonly update: SessionHandle }> | undefined;

  constructor(
    runtime: GraphRuntime,
    pieces: readonly OptimizerPiece[],
    store: OptimizerStore = STORE,
  ) {
    this.#runtime = runtime;
    this.#pieces = pieces;
    this.#store = store;
  }

  /** Applies the stored gradient and clears it; a norm that is not finite changes nothing but clears it too. */
  async apply(parameters: OptimStepParameters): Promise<OptimStepResult> {
    const { norm, update } = await (this.#sessions ??= this.#compile());
    const { current, gradient, mean, square } = this.#store;
    const gradients = this.#feeds('gradient', gradient);
    const { squares } = await this.#runtime.run(norm, gradients, { squares: 'return' });
    const gradNorm = Math.sqrt(Number(squares!.data[0]));
    const applied = Number.isFinite(gradNorm);
    if (applied) {
      this.step++;
      await this.#runtime.run(
        update,
        {
          ...gradients,
          ...this.#feeds('parameters', current),
          ...this.#feeds('mean', mean),
          ...this.#feeds('square', square),
          ...this.#numbers(parameters, gradNorm),
        },
        {
          ...this.#fetches('newParameters', current),
          ...this.#fetches('newMean', mean),
          ...this.#fetches('newSquare', square),
        },
      );
    }
    await this.#runtime.fill(gradient, 0);
    return { gradNorm, applied };
  }

  #feeds(name: string, stored: string): Record<string, Feed> {
    return this.#byPiece(name, ({ offset, size }): Feed => ({
      type: 'float32',
      shape: [size],
      stored,
      offset,
    }));
  }

  /** One piece is the whole and takes its place; several are put into theirs. */
  #fetches(name: string, store: string): Record<string, Fetch> {
    const whole = this.#pieces.length === 1;
    return this.#byPiece(name, ({ offset }): Fetch => (whole ? { store } : { store, offset }));
  }

  #byPiece<T>(name: string, make: (piece: OptimizerPiece) => T): Record<string, T> {
    return Object.fromEntries(
      this.#pieces.map((piece, index) => [pieceName(name, index), make(piece)]),
    );
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
    const sizes = this.#pieces.map(({ size }) => size);
    const kept = ['newParameters', 'newMean', 'newSquare'].flatMap((name) =>
      sizes.map((_, index) => pieceName(name, index)),
    );
    return {
      norm: await this.#runtime.createSession(gradientNormGraph(sizes)),
      update: await this.#runtime.createSession(adamwGraph(sizes), { kept }),
    };
  }
}
