/**
 * Builds the vision tower of Qwen2.5-VL (arXiv 2502.13923, section 2.1). Patches come in *window order* (see `window-order.ts`), so that
 * frames and windows are contiguous rows. Nothing is permuted on the way, except by padding where windows differ in size. Attention never
 * spans more than a frame.
 */
import { concatenate, pickRowsOf } from '../../ops/host-tensor.ts';
import type { TensorOps } from '../../ops/tensor-ops.ts';
import { linearLayer } from '../parts/linear-layer.ts';
import { towerRotary } from '../parts/rotary.ts';
import { attendWithin, declareSegments, segmentLayout, segmentTensors } from '../parts/segments.ts';
import type { SegmentInputs } from '../parts/segments.ts';
import type { Tower } from '../parts/tower.ts';
import type { SegmentLayout } from '../spec/batches.ts';
import { patchValues } from '../spec/sizes.ts';
import type { VisionSizes } from '../spec/sizes.ts';
import type { Weights } from '../spec/weights.ts';
import type { VisionConfig } from './config.ts';
import { patchOrder, windowOrder } from './window-order.ts';

/** Epsilon of the norms in the tower; published configurations do not state it. */
const NORM_EPSILON = 1e-6;

/** One block of the tower over patches `[patches, hiddenSize]`. */
function visionBlock<T>(
  ops: TensorOps<T>,
  vision: VisionConfig,
  weights: Weights<T>,
  block: number,
  hidden: T,
  segments: SegmentInputs<T>,
): T {
  const prefix = `visual.blocks.${block}`;
  const norm = (name: string, x: T) =>
    ops.rmsNorm(x, weights.get(`${prefix}.${name}.weight`), NORM_EPSILON);
  const apply = (name: string, x: T) => linearLayer(ops, weights, `${prefix}.${name}`, x, true);
  const projected = apply('attn.qkv', norm('norm1', hidden));
  const attended = apply('attn.proj', attendWithin(ops, vision, projected, segments));
  const after = ops.add(hidden, attended);
  const normed = norm('norm2', after);
  const inner = ops.swiglu(apply('mlp.gate_proj', normed), apply('mlp.up_proj', normed));
  return ops.add(after, apply('mlp.down_proj', inner));
}

/** From patches `[patches, values]` to features, one row for each merged token: `[patches / spatialMergeSize², outHiddenSize]`. */
function visionFeatures<T>(
  ops: TensorOps<T>,
  vision: VisionConfig,
  weights: Weights<T>,
  pixels: T,
  { frames, windows }: Readonly<Record<'frames' | 'windows', SegmentInputs<T>>>,
): T {
  const width = vision.hiddenSize;
  const [patches, values] = ops.shapeOf(pixels) as [number, number];
  const kernel = weights.get('visual.patch_embed.proj.weight');
  let hidden = ops.linear(pixels, ops.reshape(kernel, [width, values]));
  for (let block = 0; block < vision.depth; block++) {
    const segments = vision.fullAttentionBlocks.includes(block) ? frames : windows;
    hidden = ops.checkpointedSegment(hidden, (x) =>
      visionBlock(ops, vision, weights, block, x, segments),
    );
  }
  const unit = vision.spatialMergeSize ** 2;
  const normed = ops.rmsNorm(hidden, weights.get('visual.merger.ln_q.weight'), NORM_EPSILON);
  const merge = (layer: number, x: T) =>
    linearLayer(ops, weights, `visual.merger.mlp.${layer}`, x, true);
  return merge(2, ops.gelu(merge(0, ops.reshape(normed, [patches / unit, unit * width]))));
}

/** The tower of a config. */
export function qwen25Tower(vision: VisionConfig, sizes: VisionSizes): Tower {
  const unit = vision.spatialMergeSize ** 2;
  const values = patchValues(sizes);
  return {
    layout(grids) {
      const { tokenOrder, lengths } = windowOrder(grids, vision);
      return {
        patches: tokenOrder.length * unit,
        tokens: tokenOrder.length,
        cuts: { frames: segmentLayout(lengths.frames), windows: segmentLayout(lengths.windows) },
      };
    },
    tokenOrder: (grids) => windowOrder(grids, vision).tokenOrder,
    tensors(media) {
      const grids = media.map(({ grid }) => grid);
      const { tokenOrder, lengths } = windowOrder(grids, vision);
      const order = patchOrder(tokenOrder, unit);
      const pixels = media.map(({ patches }) => patches);
      const heads = { ...vision, mergeSize: vision.spatialMergeSize };
      const rotary = grids.map((grid) => towerRotary(grid, heads));
      return {
        'vision.pixels': { shape: [order.length, values], data: pickRowsOf(pixels, values, order) },
        ...segmentTensors(lengths, order, {
          cos: concatenate(rotary.map(({ cos }) => cos)),
          sin: concatenate(rotary.map(({ sin }) => sin)),
          frequencies: rotary[0]!.frequencies,
        }),
      };
    },
    features(ops, weights, layout, declare) {
      const cuts = layout.cuts as Readonly<Record<'frames' | 'windows', SegmentLayout>>;
      const frequencies = vision.hiddenSize / vision.heads / 2;
      const segments = declareSegments(cuts, layout.patches, frequencies, declare);
      const pixels = declare('vision.pixels', [layout.patches, values], 'float32');
      return { features: visionFeatures(ops, vision, weights, pixels, segments), levels: [] };
    },
    cost: {
      depth: vision.depth,
      hiddenSize: vision.hiddenSize,
      perPatch: 12 * vision.hiddenSize + 5 * vision.intermediateSize,
      heads: vision.heads,
      widest: 'frames',
    },
  };
}
