/**
 * Computes scaled dot-product attention with a gradient of its own (FlashAttention, arXiv 2205.14135, appendix B.2): the row sums of
 * softmax's Jacobian are those of dO∘O. Query heads that share a key head are stacked as further rows of one product.
 */
import type {
  CompletionBand,
  SegmentAttention,
  SharedPromptAttention,
} from '../../ops/tensor-ops.ts';
import { MASKED } from '../../ops/host-tensor.ts';
import { composite } from '../tf.ts';
import type { Tensor, Tf } from '../tf.ts';
import type { Products } from './products.ts';

/** The mask added to scores: `mask` broadcasts to `view`, the scores' elements in a finer shape. */
export interface ScoreMask {
  readonly view: readonly number[];
  readonly mask: Tensor;
}

/** `softmax(q · kᵀ / √size + mask) · v` for `query [batch, rows, size]`, `key` and `value [batch, keys, size]`. */
export function attend(
  tf: Tf,
  products: Products,
  [query, key, value]: readonly [Tensor, Tensor, Tensor],
  added?: ScoreMask,
): Tensor {
  const scale = 1 / Math.sqrt(query.shape[2]!);
  // weightsᵀ·rows as (rowsᵀ·weights)ᵀ: transposing the narrow operand is cheaper than transposing the square one.
  const overQueries = (weights: Tensor, rows: Tensor) =>
    tf.transpose(products.batched(rows, weights, { a: true }), [0, 2, 1]);
  return composite(tf, [query, key, value], (save) => {
    const scaled = tf.mul(query, scale);
    const scores = products.batched(scaled, key, { b: true });
    const masked = added
      ? tf.reshape(tf.add(tf.reshape(scores, [...added.view]), added.mask), scores.shape)
      : scores;
    const probabilities = tf.softmax(masked, -1);
    const output = products.batched(probabilities, value);
    save([scaled, key, value, probabilities, output]);
    return {
      value: output,
      gradient: (incoming, [q, k, v, p, out]) => {
        // (dO·Vᵀ − row sums) as one product: a column −sums beside dO meets a column of ones beside V.
        const sums = tf.neg(tf.sum(tf.mul(incoming, out!), -1, true));
        const [batch, keys] = v!.shape as [number, number, number];
        const centered = products.batched(
          tf.concat([incoming, sums], 2),
          tf.concat([v!, tf.ones([batch, keys, 1])], 2),
          { b: true },
        );
        const scoreGradient = tf.mul(p!, centered);
        return [
          tf.mul(products.batched(scoreGradient, k!), scale),
          overQueries(scoreGradient, q!),
          overQueries(p!, incoming),
        ];
      },
    };
  });
}

/** From rows `[segments · length, keyValueHeads · perHead]` to `[segments · keyValueHeads, sharing · length, size]`. */
function byHead(tf: Tf, x: Tensor, segments: number, keyValueHeads: number, size: number): Tensor {
  const length = x.shape[0]! / segments;
  const sharing = x.shape[1]! / keyValueHeads / size;
  const laid =
    sharing === 1
      ? tf.transpose(tf.reshape(x, [segments, length, keyValueHeads, size]), [0, 2, 1, 3])
      : tf.transpose(
          tf.reshape(x, [segments, length, keyValueHeads, sharing, size]),
          [0, 2, 3, 1, 4],
        );
  return tf.reshape(laid, [segments * keyValueHeads, sharing * length, size]);
}

/** Back from `byHead` to rows. */
function byRow(tf: Tf, x: Tensor, segments: number, length: number): Tensor {
  const [heads, stacked, size] = x.shape as [number, number, number];
  const keyValueHeads = heads / segments;
  const sharing = stacked / length;
  const laid =
    sharing === 1
      ? tf.transpose(tf.reshape(x, [segments, keyValueHeads, length, size]), [0, 2, 1, 3])
      : tf.transpose(
          tf.reshape(x, [segments, keyValueHeads, sharing, length, size]),
          [0, 3, 1, 2, 4],
        );
  return tf.reshape(laid, [segments * length, keyValueHeads * sharing * size]);
}

/** Attention within segments; see `TensorOps.attendSegments`. */
export function attendSegments(
  tf: Tf,
  products: Products,
  [query, key, value]: readonly [Tensor, Tensor, Tensor],
  { segments, length, heads, keyValueHeads, headSize, keyMask }: SegmentAttention<Tensor>,
): Tensor {
  const laid = (x: Tensor) => byHead(tf, x, segments, keyValueHeads, headSize);
  const mask = keyMask && {
    view: [segments, heads, length, length],
    mask: tf.reshape(keyMask, [segments, 1, 1, length]),
  };
  const attended = attend(tf, products, [laid(query), laid(key), laid(value)], mask);
  return byRow(tf, attended, segments, length);
}

/** Masks of shared-prompt attention, made once and used by every layer. */
export interface SharedPromptMasks {
  /** `[promptLength, promptLength]` */
  readonly prompt: Tensor;
  /** For each band `[leads, 1, length, promptLength + length]`. */
  readonly bands: readonly Tensor[];
}

/** A causal mask. */
function causalMask(tf: Tf, length: number): Tensor {
  const mask = new Float32Array(length * length);
  for (let row = 0; row < length; row++)
    mask.fill(MASKED, row * length + row + 1, (row + 1) * length);
  return tf.tensor(mask, [length, length]);
}

/** The prompts that the completions of a band read: each group's own, or one for each completion where the band names its owners. */
interface BandLeads {
  readonly leads: number;
  /** Completions that share each. */
  readonly sharing: number;
  /** From `[groups, size]` to `[leads, size]`. */
  readonly pick: (ofGroups: Tensor) => Tensor;
}

function leadsOf(
  tf: Tf,
  products: Products,
  groups: number,
  { completions, owners }: CompletionBand<Tensor>,
): BandLeads {
  if (!owners) return { leads: groups, sharing: completions / groups, pick: (x) => x };
  const pick = (ofGroups: Tensor) =>
    composite(tf, [ofGroups], (save) => {
      save([owners]);
      return {
        value: products.matrix(owners, ofGroups),
        gradient: (incoming, [picked]) => [products.matrix(picked!, incoming, { a: true })],
      };
    });
  return { leads: completions, sharing: 1, pick };
}

/** The masks of a layout. */
export function sharedPromptMasks(
  tf: Tf,
  products: Products,
  { groups, promptLength, bands, promptMask }: SharedPromptAttention<Tensor>,
): SharedPromptMasks {
  const ofBand = (band: CompletionBand<Tensor>) => {
    const { length } = band;
    const { leads, pick } = leadsOf(tf, products, groups, band);
    const shared = tf.add(
      tf.reshape(pick(promptMask), [leads, 1, 1, promptLength]),
      tf.zeros([1, 1, length, 1]),
    );
    const own = tf.add(
      tf.reshape(causalMask(tf, length), [1, 1, length, length]),
      tf.zeros([leads, 1, 1, 1]),
    );
    return tf.concat([shared, own], 3);
  };
  return { prompt: causalMask(tf, promptLength), bands: bands.map(ofBand) };
}

/** Rows `[groups · length, width]` repeated for every completion: `[groups · completions, length, width]`. */
function repeat(tf: Tf, x: Tensor, groups: number, completions: number): Tensor {
  const [rows, width] = x.shape as [number, number];
  const length = rows / groups;
  const apart = tf.reshape(x, [groups, 1, length * width]);
  const repeated = composite(tf, [apart], () => ({
    value: tf.tile(apart, [1, completions, 1]),
    gradient: (incoming) => [tf.sum(incoming, 1, true)],
  }));
  return tf.reshape(repeated, [groups * completions, length, width]);
}

/** Causal attention of completions over shared prompts; see `TensorOps.attendSharedPrompt`. */
export function attendSharedPrompt(
  tf: Tf,
  products: Products,
  operands: readonly [Tensor, Tensor, Tensor],
  layout: SharedPromptAttention<Tensor>,
  masks: SharedPromptMasks,
): Tensor {
  const { groups, promptLength, bands } = layout;
  const { heads, keyValueHeads, headSize } = layout;
  const rows = [groups * promptLength, ...bands.map((band) => band.completions * band.length)];
  const parts = operands.map((x) => (bands.length === 0 ? [x] : tf.split(x, rows, 0)));
  const [queries, keys, values] = parts as [Tensor[], Tensor[], Tensor[]];
  const ofPrompts = byRow(
    tf,
    attend(
      tf,
      products,
      [
        byHead(tf, queries[0]!, groups, keyValueHeads, headSize),
        byHead(tf, keys[0]!, groups, keyValueHeads, headSize),
        byHead(tf, values[0]!, groups, keyValueHeads, headSize),
      ],
      { view: [groups * heads, promptLength, promptLength], mask: masks.prompt },
    ),
    groups,
    promptLength,
  );
  const width = keyValueHeads * headSize;
  const ofBand = (band: CompletionBand<Tensor>, index: number) => {
    const { completions, length } = band;
    const { leads, sharing, pick } = leadsOf(tf, products, groups, band);
    const span = promptLength + length;
    const afterPrompt = (prompt: Tensor, own: Tensor) => {
      const picked = pick(tf.reshape(prompt, [groups, promptLength * width]));
      const lead = repeat(tf, tf.reshape(picked, [leads * promptLength, width]), leads, sharing);
      const whole = tf.concat([lead, tf.reshape(own, [completions, length, width])], 1);
      const laid = tf.reshape(whole, [completions * span, width]);
      return byHead(tf, laid, completions, keyValueHeads, headSize);
    };
    const [query, key, value] = [queries, keys, values].map((part) => part[index + 1]!);
    const attended = attend(
      tf,
      products,
      [
        byHead(tf, query!, completions, keyValueHeads, headSize),
        afterPrompt(keys[0]!, key!),
        afterPrompt(values[0]!, value!),
      ],
      { view: [leads, sharing * heads, length, span], mask: masks.bands[index]! },
    );
    return byRow(tf, attended, completions, length);
  };
  return bands.length === 0 ? ofPrompts : tf.concat([ofPrompts, ...bands.map(ofBand)], 0);
}
