/**
 * Builds a vision tower in which every frame attends within itself. Patches stay in their stored order, where frames are contiguous. An
 * architecture supplies the steps between patches and merged tokens.
 */
import type { DeclareInput, HostTensors } from '../../ops/host-tensor.ts';
import { concatenate } from '../../ops/host-tensor.ts';
import type { TensorOps } from '../../ops/tensor-ops.ts';
import type { SegmentLayout } from '../spec/batches.ts';
import type { VisionFeatures } from '../spec/graphs.ts';
import { patchValues } from '../spec/sizes.ts';
import type { VisionSizes } from '../spec/sizes.ts';
import type { Weights } from '../spec/weights.ts';
import { towerRotary } from './rotary.ts';
import { declareSegments, segmentLayout, segmentTensors } from './segments.ts';
import type { SegmentInputs } from './segments.ts';
import type { Grids, Tower } from './tower.ts';

/** The inputs of a tower's blocks, as handles of an engine. */
export interface FrameInputs<T> {
  /** Patches of all media, `[patches, values of a patch]`. */
  readonly pixels: T;
  /** The frames, for `attendWithin`. */
  readonly frames: SegmentInputs<T>;
}

/** The pieces that an architecture supplies. */
export interface FrameTowerPieces {
  readonly sizes: VisionSizes;
  /** Width of the patches between the blocks. */
  readonly hiddenSize: number;
  readonly heads: number;
  /** Values kept for each patch and block, without attention scores; for the estimate of a run's memory. */
  readonly perPatch: number;
  /** The values of the inputs that `features` declares itself; absent when it declares none. */
  readonly tensors?: (grids: Grids) => HostTensors;
  /** Features of all media, one row for each merged token in stored order. */
  features<T>(
    ops: TensorOps<T>,
    weights: Weights<T>,
    inputs: FrameInputs<T>,
    declare: DeclareInput<T>,
  ): VisionFeatures<T>;
}

/** Patches of every frame of all media. */
function frameLengths(grids: Grids): readonly number[] {
  return grids.flatMap(([frames, height, width]) => new Array<number>(frames).fill(height * width));
}

/** Places in stored order. */
function inOrder(length: number): Int32Array {
  return Int32Array.from({ length }, (_, place) => place);
}

/** A tower of those pieces. */
export function frameTower(pieces: FrameTowerPieces): Tower {
  const { sizes, hiddenSize, heads, perPatch } = pieces;
  const { depth, mergeSize } = sizes;
  const values = patchValues(sizes);
  const frequencies = hiddenSize / heads / 2;
  const patchesOf = (grids: Grids) => frameLengths(grids).reduce((sum, length) => sum + length, 0);
  const tokensOf = (grids: Grids) => patchesOf(grids) / mergeSize ** 2;
  return {
    layout: (grids) => ({
      patches: patchesOf(grids),
      tokens: tokensOf(grids),
      cuts: { frames: segmentLayout(frameLengths(grids)) },
    }),
    tokenOrder: (grids) => inOrder(tokensOf(grids)),
    tensors(media) {
      const grids = media.map(({ grid }) => grid);
      const order = inOrder(patchesOf(grids));
      const rotary = grids.map((grid) => towerRotary(grid, { hiddenSize, heads, mergeSize }));
      return {
        'vision.pixels': {
          shape: [order.length, values],
          data: concatenate(media.map(({ patches }) => patches)),
        },
        ...pieces.tensors?.(grids),
        ...segmentTensors({ frames: frameLengths(grids) }, order, {
          cos: concatenate(rotary.map(({ cos }) => cos)),
          sin: concatenate(rotary.map(({ sin }) => sin)),
          frequencies,
        }),
      };
    },
    features(ops, weights, { patches, cuts: all }, declare) {
      const cuts = all as Readonly<Record<'frames', SegmentLayout>>;
      const { frames } = declareSegments(cuts, patches, frequencies, declare);
      const pixels = declare('vision.pixels', [patches, values], 'float32');
      return pieces.features(ops, weights, { pixels, frames }, declare);
    },
    cost: { depth, hiddenSize, perPatch, heads, widest: 'frames' },
  };
}
