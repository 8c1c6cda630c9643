/** Defines the arithmetic of a model on an engine's operations. `T` is the engine's handle of a tensor. */
import type { TokenReadout } from '@loci/core';
import type { DeclareInput } from '../../ops/host-tensor.ts';
import type { RotaryTables, TensorOps } from '../../ops/tensor-ops.ts';
import type { BatchLayout, MediaLayout } from './batches.ts';
import type { Weights } from './weights.ts';

/** The features that a vision tower computes of media, one row for each merged token, in the tower's own order. */
export interface VisionFeatures<T> {
  /** The rows that replace placeholder tokens, `[merged tokens, hidden]`. */
  readonly features: T;
  /** Further features for deeper layers of the decoder, each `[merged tokens, hidden]`; empty for most architectures. */
  readonly levels: readonly T[];
}

/** Attention over rotated queries, keys and values, rows in and rows out. */
export type Attend<T> = (query: T, key: T, value: T, layer: number) => T;

/** The results of reading prompts that generation needs. */
export interface PromptReading<T> {
  /** Logits after the last token of each prompt, `[groups, vocabulary]`. */
  readonly logits: T;
  /** Rotated keys and values of each layer, one row for each prompt token: `[groups · promptLength, kvHeads · headDim]`. */
  readonly layers: readonly { readonly key: T; readonly value: T }[];
}

/** Figures of the completion tokens, each `[groups · completions, completionLength]`. */
export interface CompletionFigures<T> {
  readonly logProbs: T;
  /** Over the whole vocabulary; present when the readout has them. */
  readonly entropies?: T;
}

/** All computations of a model for engines. Inputs are declared as they are needed; `ModelBatches` has their values. */
export interface ModelGraphs {
  /** The vision tower alone. */
  features<T>(
    ops: TensorOps<T>,
    weights: Weights<T>,
    layout: MediaLayout,
    declare: DeclareInput<T>,
  ): VisionFeatures<T>;
  /** Logits `[groups · promptLength, vocabulary]` at every prompt position. */
  logits<T>(
    ops: TensorOps<T>,
    weights: Weights<T>,
    layout: BatchLayout,
    declare: DeclareInput<T>,
  ): T;
  /** Log-probabilities of the completion tokens, and the other figures of the readout. */
  figures<T>(
    ops: TensorOps<T>,
    weights: Weights<T>,
    layout: BatchLayout,
    declare: DeclareInput<T>,
    readout: TokenReadout,
  ): CompletionFigures<T>;
  /** Reads prompts once and keeps the keys and values for their completions. @param layout of prompts alone (`completions` 0). */
  prefill<T>(
    ops: TensorOps<T>,
    weights: Weights<T>,
    layout: BatchLayout,
    declare: DeclareInput<T>,
  ): PromptReading<T>;
  /**
   * Logits `[rows, vocabulary]` after one token for each row.
   *
   * @param ids `[rows]`, int32.
   * @param attend holds the earlier keys and values, and adds the new ones.
   */
  step<T>(
    ops: TensorOps<T>,
    weights: Weights<T>,
    ids: T,
    rotary: RotaryTables<T>,
    attend: Attend<T>,
  ): T;
}
