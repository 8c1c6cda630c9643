/**
 * Builds the vision tower of Qwen3-VL: a plain transformer over the patches of each frame, with learned positions beside the rotary ones.
 * Three of its blocks feed the decoder through mergers of their own (DeepStack, arXiv 2406.04334).
 */
import type { DeclareInput } from '../../ops/host-tensor.ts';
import type { TensorOps } from '../../ops/tensor-ops.ts';
import { frameTower } from '../parts/frame-tower.ts';
import type { FrameInputs } from '../parts/frame-tower.ts';
import { linearLayer } from '../parts/linear-layer.ts';
import { attendWithin } from '../parts/segments.ts';
import type { SegmentInputs } from '../parts/segments.ts';
import type { Tower } from '../parts/tower.ts';
import type { VisionFeatures } from '../spec/graphs.ts';
import type { VisionSizes } from '../spec/sizes.ts';
import type { Weights } from '../spec/weights.ts';
import type { VisionConfig } from './config.ts';
import { learnedPositions, positionTensors } from './learned-positions.ts';
import { POSITIONS, TOWER } from './parameters.ts';

/** Epsilon of the norms in the tower; it is part of the class, not of the config. */
const NORM_EPSILON = 1e-6;

function layerNorm<T>(ops: TensorOps<T>, { get }: Weights<T>, name: string, x: T): T {
  return ops.layerNorm(x, get(`${name}.weight`), get(`${name}.bias`), NORM_EPSILON);
}

/** One block over patches `[patches, hiddenSize]`; every frame attends within itself. */
function visionBlock<T>(
  ops: TensorOps<T>,
  vision: VisionConfig,
  weights: Weights<T>,
  block: number,
  hidden: T,
  frames: SegmentInputs<T>,
): T {
  const prefix = `${TOWER}.blocks.${block}`;
  const norm = (name: string, x: T) => layerNorm(ops, weights, `${prefix}.${name}`, x);
  const apply = (name: string, x: T) => linearLayer(ops, weights, `${prefix}.${name}`, x, true);
  const projected = apply('attn.qkv', norm('norm1', hidden));
  const attended = apply('attn.proj', attendWithin(ops, vision, projected, frames));
  const after = ops.add(hidden, attended);
  const inner = ops.gelu(apply('mlp.linear_fc1', norm('norm2', after)), 'tanh');
  return ops.add(after, apply('mlp.linear_fc2', inner));
}

/**
 * From patches to merged tokens `[patches / spatialMergeSize², outHiddenSize]`. The tower's own merger normalizes every patch, those of
 * DeepStack the patches of a token together.
 */
function merge<T>(
  ops: TensorOps<T>,
  vision: VisionConfig,
  weights: Weights<T>,
  name: string,
  hidden: T,
  norms: 'patches' | 'tokens',
): T {
  const unit = vision.spatialMergeSize ** 2;
  const together = (x: T) => ops.reshape(x, [ops.shapeOf(x)[0]! / unit, unit * vision.hiddenSize]);
  const norm = (x: T) => layerNorm(ops, weights, `${name}.norm`, x);
  const rows = norms === 'patches' ? together(norm(hidden)) : norm(together(hidden));
  const inner = ops.gelu(linearLayer(ops, weights, `${name}.linear_fc1`, rows, true));
  return linearLayer(ops, weights, `${name}.linear_fc2`, inner, true);
}

function visionFeatures<T>(
  ops: TensorOps<T>,
  vision: VisionConfig,
  weights: Weights<T>,
  { pixels, frames }: FrameInputs<T>,
  declare: DeclareInput<T>,
): VisionFeatures<T> {
  const [patches, values] = ops.shapeOf(pixels) as readonly [number, number];
  const embedding = `${TOWER}.patch_embed.proj`;
  const kernel = ops.reshape(weights.get(`${embedding}.weight`), [vision.hiddenSize, values]);
  let hidden = ops.add(
    ops.linear(pixels, kernel, weights.get(`${embedding}.bias`)),
    learnedPositions(ops, weights.get(POSITIONS), patches, declare),
  );
  const levels: T[] = [];
  for (let block = 0; block < vision.depth; block++) {
    hidden = ops.checkpointedSegment(hidden, (x) =>
      visionBlock(ops, vision, weights, block, x, frames),
    );
    const level = vision.deepstackBlocks.indexOf(block);
    if (level < 0) continue;
    const merger = `${TOWER}.deepstack_merger_list.${level}`;
    levels.push(merge(ops, vision, weights, merger, hidden, 'tokens'));
  }
  return { features: merge(ops, vision, weights, `${TOWER}.merger`, hidden, 'patches'), levels };
}

/** The tower of a config. */
export function qwen3Tower(vision: VisionConfig, sizes: VisionSizes): Tower {
  const { hiddenSize, heads, intermediateSize, positionSide } = vision;
  return frameTower({
    sizes,
    hiddenSize,
    heads,
    perPatch: 12 * hiddenSize + 4 * intermediateSize,
    tensors: (grids) => positionTensors(grids, positionSide, sizes.mergeSize),
    features: (ops, weights, inputs, declare) =>
      visionFeatures(ops, vision, weights, inputs, declare),
  });
}
