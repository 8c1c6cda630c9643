/**
 * The vision tower of Qwen2.5-VL (arXiv 2502.13923, section 2.1). Patches come in *window order* (see `./vision-layout.ts`),
 * so that frames and windows are contiguous runs of rows and nothing is permuted on the way, but for padding where windows
 * differ in size. Attention never spans more than a frame.
 */
import type { ModelConfig } from './config.ts';
import type { RotaryTables, RowPermutation, TensorOps } from '../../ops/tensor-ops.ts';
import type { SegmentLayout } from './vision-layout.ts';
import { linearLayer } from './linear-layer.ts';
import type { Parameters } from './parameters.ts';

/** Epsilon of the norms in the tower; published configurations do not state it. */
const NORM_EPSILON = 1e-6;

/** One way to cut the rows into segments: its sizes, the rotary tables in its order, and the padding where there is some. */
export interface SegmentInputs<T> {
  readonly layout: SegmentLayout;
  readonly rotary: RotaryTables<T>;
  readonly padding?: {
    readonly permutation: RowPermutation<T>;
    readonly inverse: RowPermutation<T>;
    readonly keyMask: T;
  };
}

/** What the tower reads. */
export interface VisionInputs<T> {
  /** `[patches, channels · temporalPatchSize · patchSize²]`, in window order. */
  readonly pixels: T;
  readonly frames: SegmentInputs<T>;
  readonly windows: SegmentInputs<T>;
}

function attention<T>(
  ops: TensorOps<T>,
  { heads, hiddenSize }: ModelConfig['vision'],
  projected: T,
  { layout, rotary, padding }: SegmentInputs<T>,
): T {
  const rows = padding ? ops.permuteRows(projected, padding.permutation) : projected;
  const [query, key, value] = ops.splitColumns(rows, [hiddenSize, hiddenSize, hiddenSize]);
  const attended = ops.attendSegments(
    ops.rotate(query!, rotary, heads),
    ops.rotate(key!, rotary, heads),
    value!,
    {
      segments: layout.segments,
      length: layout.length,
      heads,
      keyValueHeads: heads,
      headSize: hiddenSize / heads,
      ...(padding ? { keyMask: padding.keyMask } : {}),
    },
  );
  return padding ? ops.permuteRows(attended, padding.inverse) : attended;
}

/** One block of the tower over patches `[patches, hiddenSize]`. */
function visionBlock<T>(
  ops: TensorOps<T>,
  config: ModelConfig,
  parameters: Parameters<T>,
  block: number,
  hidden: T,
  segments: SegmentInputs<T>,
): T {
  const prefix = `visual.blocks.${block}`;
  const norm = (name: string, x: T) =>
    ops.rmsNorm(x, parameters(`${prefix}.${name}.weight`), NORM_EPSILON);
  const apply = (name: string, x: T) =>
    linearLayer(ops, config, parameters, `${prefix}.${name}`, x, true);
  const projected = apply('attn.qkv', norm('norm1', hidden));
  const attended = apply('attn.proj', attention(ops, config.vision, projected, segments));
  const after = ops.add(hidden, attended);
  const normed = norm('norm2', after);
  const inner = ops.swiglu(apply('mlp.gate_proj', normed), apply('mlp.up_proj', normed));
  return ops.add(after, apply('mlp.down_proj', inner));
}

/**
 * Features of all media of a batch, one row per merged token: `[patches / spatialMergeSize², outHiddenSize]`, in window
 * order.
 */
export function visionFeatures<T>(
  ops: TensorOps<T>,
  config: ModelConfig,
  parameters: Parameters<T>,
  { pixels, frames, windows }: VisionInputs<T>,
): T {
  const { vision } = config;
  const width = vision.hiddenSize;
  const patches = ops.shapeOf(pixels)[0]!;
  const kernel = parameters('visual.patch_embed.proj.weight');
  const patchValues = ops.shapeOf(pixels)[1]!;
  let hidden = ops.linear(pixels, ops.reshape(kernel, [width, patchValues]));
  for (let block = 0; block < vision.depth; block++) {
    const segments = vision.fullAttentionBlocks.includes(block) ? frames : windows;
    hidden = ops.checkpointedSegment(hidden, (x) =>
      visionBlock(ops, config, parameters, block, x, segments),
    );
  }
  const unit = vision.spatialMergeSize ** 2;
  const normed = ops.rmsNorm(hidden, parameters('visual.merger.ln_q.weight'), NORM_EPSILON);
  const merge = (layer: number, x: T) =>
    linearLayer(ops, config, parameters, `visual.merger.mlp.${layer}`, x, true);
  return merge(2, ops.gelu(merge(0, ops.reshape(normed, [patches / unit, unit * width]))));
}
