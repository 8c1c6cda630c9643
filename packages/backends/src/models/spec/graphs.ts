/** The arithmetic of a model, written against an engine's operations. `T` is the engine's handle of a tensor. */
import type { TokenReadout } from '@loci/core';
import type { DeclareInput } from '../../ops/host-tensor.ts';
import type { RotaryTables, TensorOps } from '../../ops/tensor-ops.ts';
import type { BatchLayout, MediaLayout } from './batches.ts';
import type { Weights } from './weights.ts';

/** What a vision tower makes of media, one row a merged token, in the tower's own order. */
export interface VisionFeatures<T> {
  /** What takes the place of placeholder tokens, `[merged tokens, hidden]`. */
  readonly features: T;
  /** What deeper layers of the decoder get beside it, each `[merged tokens, hidden]`; empty for most architectures. */
  readonly levels: readonly T[];
}

/** Attention over rotated queries, keys and values, rows in and rows out. */
export type Attend<T> = (query: T, key: T, value: T, layer: number) => T;

/** What generation needs of prompts that were read. */
export interface PromptReading<T> {
  /** Logits after the last token of each prompt, `[groups, vocabulary]`. */
  readonly logits: T;
  /** Rotated keys and values of each layer, one row a prompt token: `[groups · promptLength, kvHeads · headDim]`. */
  readonly layers: readonly { readonly key: T; readonly value: T }[];
}

/** Figures of the completion tokens, each `[groups · completions, completionLength]`. */
export interface CompletionFigures<T> {
  readonly logProbs: T;
  /** Over the whole vocabulary; present when the readout asked for them. */
  readonly entropies?: T;
}

/** Everything that engines compute of a model. Inputs are declared as they are needed; `ModelBatches` has their values. */
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
  /** Log-probabilities of the completion tokens, and what else the readout asks for. */
  figures<T>(
    ops: TensorOps<T>,
    weights: Weights<T>,
    layout: BatchLayout,
    declare: DeclareInput<T>,
    readout: TokenReadout,
  ): CompletionFigures<T>;
  /** Reads prompts once and keeps what their completions look back at. @param layout of prompts alone (`completions` 0). */
  prefill<T>(
    ops: TensorOps<T>,
    weights: Weights<T>,
    layout: BatchLayout,
    declare: DeclareInput<T>,
  ): PromptReading<T>;
  /**
   * Logits `[rows, vocabulary]` after one token a row.
   *
   * @param ids `[rows]`, int32.
   * @param attend knows where keys and values of before are, and takes the new ones along.
   */
  step<T>(
    ops: TensorOps<T>,
    weights: Weights<T>,
    ids: T,
    rotary: RotaryTables<T>,
    attend: Attend<T>,
  ): T;
}
