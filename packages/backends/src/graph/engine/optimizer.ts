/** Performs the optimizer step on the stored tensors: norm, clipping, AdamW. */
import type { OptimStepParameters, OptimStepResult } from '@loci/core';
import { adamwNumbers } from '../../engine/adamw.ts';
import type { GraphRuntime, InPlaceArithmetic } from './graph-runtime.ts';
import { GraphUpdate } from './graph-update.ts';
import type { OptimizerPiece, OptimizerStore, UpdateArithmetic } from './graph-update.ts';

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

/** The pieces of an update: on the host the whole arena at once; on a device the parameters one by one, as they are stored there. */
export function optimizerPieces(
  { onDevice }: Pick<GraphRuntime, 'onDevice'>,
  entries: readonly OptimizerPiece[],
): readonly OptimizerPiece[] {
  if (onDevice) return entries;
  return [{ offset: 0, size: entries.reduce((sum, { size }) => sum + size, 0) }];
}

function updateInPlace(
  { squares, adamw }: InPlaceArithmetic,
  store: OptimizerStore,
): UpdateArithmetic {
  return {
    squares: () => squares(store.gradient),
    update: (numbers) => adamw({ store, numbers }),
  };
}

/** AdamW with bias correction; moments and weights live in the session worker. */
export class AdamW {
  /** Updates applied since the moments were zero. */
  step = 0;
  readonly #runtime: GraphRuntime;
  readonly #store: OptimizerStore;
  readonly #arithmetic: UpdateArithmetic;

  constructor(
    runtime: GraphRuntime,
    pieces: readonly OptimizerPiece[],
    store: OptimizerStore = STORE,
  ) {
    this.#runtime = runtime;
    this.#store = store;
    this.#arithmetic = runtime.inPlace
      ? updateInPlace(runtime.inPlace, store)
      : new GraphUpdate(runtime, pieces, store);
  }

  /** Applies the stored gradient and clears it; with a norm that is not finite it only clears it. */
  async apply(parameters: OptimStepParameters): Promise<OptimStepResult> {
    const gradNorm = Math.sqrt(await this.#arithmetic.squares());
    const applied = Number.isFinite(gradNorm);
    if (applied) {
      this.step++;
      await this.#arithmetic.update(adamwNumbers(parameters, gradNorm, this.step));
    }
    await this.#runtime.fill(this.#store.gradient, 0);
    return { gradNorm, applied };
  }
}
