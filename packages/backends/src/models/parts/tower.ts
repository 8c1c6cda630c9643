/** Defines the tower pieces of an architecture, which `compose-model.ts` puts into a model. */
import type { EncodedMedia } from '@loci/core';
import type { DeclareInput, HostTensors } from '../../ops/host-tensor.ts';
import type { TensorOps } from '../../ops/tensor-ops.ts';
import type { MediaLayout } from '../spec/batches.ts';
import type { VisionFeatures } from '../spec/graphs.ts';
import type { Weights } from '../spec/weights.ts';

/** Grids of media, patches along time, height and width. */
export type Grids = readonly EncodedMedia['grid'][];

/** A vision tower over all media of a batch at once. */
export interface Tower {
  /** Static sizes of media of these grids, taken together. */
  layout(grids: Grids): MediaLayout;
  /** For each merged token in the tower's order, its place in stored order, over all media. */
  tokenOrder(grids: Grids): Int32Array;
  /** The values of the inputs that `features` declares. */
  tensors(media: readonly EncodedMedia[]): HostTensors;
  /** Features of all media, one row for each merged token. */
  features<T>(
    ops: TensorOps<T>,
    weights: Weights<T>,
    layout: MediaLayout,
    declare: DeclareInput<T>,
  ): VisionFeatures<T>;
  /** Sizes that the estimate of a run's memory needs. */
  readonly cost: {
    readonly depth: number;
    readonly hiddenSize: number;
    /** Values kept for each patch and block, without attention scores. */
    readonly perPatch: number;
    readonly heads: number;
    /** The cut whose segments limit the attention scores. */
    readonly widest: string;
  };
}
