/** What an update needs of wherever weights and moments lie. */
import type { AdamWNumber } from '../../engine/adamw.ts';

/** Where an optimiser finds and leaves its tensors. */
export type OptimizerStore = Readonly<Record<'current' | 'gradient' | 'mean' | 'square', string>>;

/** A stretch of the arena that is updated as one vector. */
export interface OptimizerPiece {
  readonly offset: number;
  readonly size: number;
}

/** Arithmetic of an update, wherever the tensors lie. */
export interface UpdateArithmetic {
  /** The sum of squares of the stored gradient. */
  squares(): Promise<number>;
  /** Replaces weights and moments by those after an update. */
  update(numbers: Readonly<Record<AdamWNumber, number>>): Promise<void>;
}
