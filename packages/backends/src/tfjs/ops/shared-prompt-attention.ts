/** Computes causal attention of completions over shared prompts. */
import { MASKED } from '../../ops/host-tensor.ts';
import type { CompletionBand, SharedPromptAttention } from '../../ops/tensor-ops.ts';
import { composite } from '../tf.ts';
import type { Tensor, Tf } from '../tf.ts';
import { attend, byHead, byRow } from './attention.ts';
import type { Products } from './products.ts';

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
