/** Performs AdamW updates by graphs, for runtimes whose tensors only graphs can change. */
import { ADAMW_NUMBERS } from '../../engine/adamw.ts';
import type { AdamWNumber } from '../../engine/adamw.ts';
import type { GraphRuntime, SessionHandle } from './graph-runtime.ts';
import { adamwGraph, gradientNormGraph, pieceName } from './optimizer-graph.ts';
import type { Feed, Fetch } from './runtime-messages.ts';

/** The stored tensors of an optimizer. */
export type OptimizerStore = Readonly<Record<'current' | 'gradient' | 'mean' | 'square', string>>;

/** A segment of the arena that is updated as one vector. */
export interface OptimizerPiece {
  readonly offset: number;
  readonly size: number;
}

/** Arithmetic of an update. */
export interface UpdateArithmetic {
  /** The sum of squares of the stored gradient. */
  squares(): Promise<number>;
  /** Replaces weights and moments by those after an update. */
  update(numbers: Readonly<Record<AdamWNumber, number>>): Promise<void>;
}

/** The two graphs of an update and the stored tensors that they read and write. */
export class GraphUpdate implements UpdateArithmetic {
  readonly #runtime: GraphRuntime;
  readonly #pieces: readonly OptimizerPiece[];
  readonly #store: OptimizerStore;
  #sessions: Promise<{ readonly norm: SessionHandle; readonly update: SessionHandle }> | undefined;

  constructor(runtime: GraphRuntime, pieces: readonly OptimizerPiece[], store: OptimizerStore) {
    this.#runtime = runtime;
    this.#pieces = pieces;
    this.#store = store;
  }

  async squares(): Promise<number> {
    const { norm } = await this.#compiled();
    const gradients = this.#feeds('gradient', this.#store.gradient);
    const { squares } = await this.#runtime.run(norm, gradients, { squares: 'return' });
    return Number(squares!.data[0]);
  }

  async update(numbers: Readonly<Record<AdamWNumber, number>>): Promise<void> {
    const { update } = await this.#compiled();
    const { current, gradient, mean, square } = this.#store;
    await this.#runtime.run(
      update,
      {
        ...this.#feeds('gradient', gradient),
        ...this.#feeds('parameters', current),
        ...this.#feeds('mean', mean),
        ...this.#feeds('square', square),
        ...scalarFeeds(numbers),
      },
      {
        ...this.#fetches('newParameters', current),
        ...this.#fetches('newMean', mean),
        ...this.#fetches('newSquare', square),
      },
    );
  }

  #feeds(name: string, stored: string): Record<string, Feed> {
    return this.#byPiece(name, ({ offset, size }): Feed => ({
      type: 'float32',
      shape: [size],
      stored,
      offset,
    }));
  }

  /** A single piece replaces the whole tensor; several replace their segments. */
  #fetches(name: string, store: string): Record<string, Fetch> {
    const whole = this.#pieces.length === 1;
    return this.#byPiece(name, ({ offset }): Fetch => (whole ? { store } : { store, offset }));
  }

  #byPiece<T>(name: string, make: (piece: OptimizerPiece) => T): Record<string, T> {
    return Object.fromEntries(
      this.#pieces.map((piece, index) => [pieceName(name, index), make(piece)]),
    );
  }

  #compiled() {
    return (this.#sessions ??= this.#compile());
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

function scalarFeeds(numbers: Readonly<Record<AdamWNumber, number>>): Record<string, Feed> {
  return Object.fromEntries(
    ADAMW_NUMBERS.map((name) => [
      name,
      { type: 'float32', shape: [], data: Float32Array.of(numbers[name]) },
    ]),
  );
}
