/** Defines the decoder pieces of an architecture, which `compose-model.ts` puts into a model. */
import type { RotaryTables, RowPermutation, TensorOps } from '../../ops/tensor-ops.ts';
import type { Attend, VisionFeatures } from '../spec/graphs.ts';
import type { DecoderSizes } from '../spec/sizes.ts';
import type { Weights } from '../spec/weights.ts';

/** Features that replace placeholder tokens. */
export interface MediaRows<T> {
  readonly vision: VisionFeatures<T>;
  /** From merged tokens to token rows. */
  readonly placement: RowPermutation<T>;
  /** `[rows, 1]`: 0 in the rows of features, 1 elsewhere. */
  readonly textMask: T;
}

/** A decoder over rows of tokens in any arrangement. */
export interface Decoder {
  readonly sizes: DecoderSizes;
  /** Width of the feed-forward layers, for the estimate of a run's memory. */
  readonly intermediateSize: number;
  /** Embeddings `[rows, hidden]` of `ids [rows]` (int32), with media in place. */
  embed<T>(ops: TensorOps<T>, weights: Weights<T>, ids: T, media?: MediaRows<T>): T;
  /** All layers, from embeddings to rows before the final norm. `attend` defines the arrangement of the rows. */
  layers<T>(
    ops: TensorOps<T>,
    weights: Weights<T>,
    embedded: T,
    rotary: RotaryTables<T>,
    attend: Attend<T>,
    media?: MediaRows<T>,
  ): T;
  /** Logits `[rows, vocabulary]` of rows: final norm and head. */
  head<T>(ops: TensorOps<T>, weights: Weights<T>, hidden: T): T;
}

/** Token embeddings with media features in place of their placeholders. @param table name of the embedding table. */
export function embedWithMedia<T>(
  ops: TensorOps<T>,
  weights: Weights<T>,
  table: string,
  ids: T,
  media?: MediaRows<T>,
): T {
  const embedded = ops.embed(weights.get(table), ids);
  if (!media) return embedded;
  const placed = ops.permuteRows(media.vision.features, media.placement);
  return ops.add(ops.multiply(embedded, media.textMask), placed);
}
