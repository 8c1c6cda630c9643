/** Builds the graphs of a batch for engines: vision tower, decoder and head together. */
import type { TokenReadout } from '@loci/core';
import type { DeclareInput } from '../../ops/host-tensor.ts';
import type { RowPermutation, TensorOps } from '../../ops/tensor-ops.ts';
import type { BatchLayout } from '../spec/batches.ts';
import type { ModelGraphs, VisionFeatures } from '../spec/graphs.ts';
import type { Weights } from '../spec/weights.ts';
import type { Decoder } from './decoder.ts';
import type { Packing } from './packed-rows.ts';
import { declareBatch } from './shared-prompt-batch.ts';
import type { BatchInputs } from './shared-prompt-batch.ts';
import type { Tower } from './tower.ts';

/** Logits in memory at a time where a vocabulary is large. */
export const MOST_LOGITS = 2 ** 23;

/** Decoder rows `[rows, hidden]` of a batch, before the final norm. */
function decodeBatch<T>(
  ops: TensorOps<T>,
  { tower, decoder }: { readonly tower: Tower; readonly decoder: Decoder },
  weights: Weights<T>,
  { ids, rotary, promptMask, bands, packing, media }: BatchInputs<T>,
  layout: BatchLayout,
  declare: DeclareInput<T>,
): T {
  const see = () => tower.features(ops, weights, layout.media!, declare);
  const placed = media && { vision: weights.trainsVision ? see() : asConstant(ops, see), ...media };
  const { groups, promptLength } = layout;
  const { heads, kvHeads: keyValueHeads, headDim: headSize } = decoder.sizes;
  const padded = (x: T) => (packing ? ops.permuteRows(x, packing.padded) : x);
  const packed = (x: T) => (packing ? ops.permuteRows(x, inverseOf(packing.padded)) : x);
  return decoder.layers(
    ops,
    weights,
    decoder.embed(ops, weights, ids, placed),
    rotary,
    (query, key, value) =>
      packed(
        ops.attendSharedPrompt(padded(query), padded(key), padded(value), {
          groups,
          promptLength,
          bands,
          heads,
          keyValueHeads,
          headSize,
          promptMask,
        }),
      ),
    placed,
  );
}

/** The inverse. */
function inverseOf<T>(way: RowPermutation<T>): RowPermutation<T> {
  const { index, inverse, hasZeroRows, leavesOut } = way;
  return { index: inverse, inverse: index, hasZeroRows: leavesOut, leavesOut: hasZeroRows };
}

/** Features without anything kept for gradients. A constant is one tensor, so levels go through it side by side. */
function asConstant<T>(ops: TensorOps<T>, see: () => VisionFeatures<T>): VisionFeatures<T> {
  let widths: readonly number[] = [];
  const all = ops.withoutGradient(() => {
    const { features, levels } = see();
    if (levels.length === 0) return features;
    widths = [features, ...levels].map((part) => ops.shapeOf(part)[1]!);
    return ops.concatColumns([features, ...levels]);
  });
  if (widths.length === 0) return { features: all, levels: [] };
  const [features, ...levels] = ops.splitColumns(all, widths);
  return { features: features!, levels };
}

/**
 * Log-probabilities of `targets [rows, n]` at rows of the decoder, with the logits of a limited number of rows at a time. Entropies are a
 * last column.
 */
function headFigures<T>(
  ops: TensorOps<T>,
  decoder: Decoder,
  weights: Weights<T>,
  hidden: T,
  targets: T,
  { temperature, entropies }: TokenReadout,
): T {
  const rows = ops.shapeOf(hidden)[0]!;
  const most = Math.max(16, Math.floor(MOST_LOGITS / decoder.sizes.vocabularySize));
  const read = (x: T, ids: T) => {
    const raw = decoder.head(ops, weights, x);
    const logits = temperature === 1 ? raw : ops.scale(raw, 1 / temperature);
    return entropies ? ops.tokenFigures(logits, ids) : ops.tokenLogProbs(logits, ids);
  };
  if (rows <= most) return read(hidden, targets);
  const parts = Array.from({ length: Math.ceil(rows / most) }, (_, index) => {
    const [start, end] = [index * most, Math.min(rows, (index + 1) * most)];
    const ids = ops.sliceRows(targets, start, end);
    return ops.checkpointedSegment(ops.sliceRows(hidden, start, end), (x) => read(x, ids), 'large');
  });
  return ops.concatRows(parts);
}

/**
 * Moves figures to the places of their tokens, `[groups · completions, completionLength]`.
 *
 * @param values first those after each prompt, one row for each group, then one row for each later token: `[predicting rows, width]`. Only
 * the first rows use more than one column, one for each completion. With a single column all completions of a group share the first value.
 */
function byCompletion<T>(
  ops: TensorOps<T>,
  values: T,
  layout: BatchLayout,
  packing?: Packing<T>,
): T {
  const { groups, completions, completionLength } = layout;
  const total = groups * completions;
  const [rows, width] = ops.shapeOf(values) as [number, number];
  const ahead = ops.sliceRows(values, 0, groups);
  const laid =
    width === completions ? ahead : ops.concatColumns(new Array<T>(completions).fill(ahead));
  const firsts = ops.reshape(laid, [total, 1]);
  if (completionLength === 1) return firsts;
  const later = ops.sliceRows(values, groups, rows);
  const [column] = width === 1 ? [later] : ops.splitColumns(later, [1, width - 1]);
  const padded = packing ? ops.permuteRows(column!, packing.later) : column!;
  return ops.concatColumns([firsts, ops.reshape(padded, [total, completionLength - 1])]);
}

/** The graphs of a tower and a decoder. */
export function modelGraphs(tower: Tower, decoder: Decoder): ModelGraphs {
  const parts = { tower, decoder };
  const { headDim } = decoder.sizes;
  return {
    features: (ops, weights, layout, declare) => tower.features(ops, weights, layout, declare),

    logits(ops, weights, layout, declare) {
      const inputs = declareBatch(layout, headDim, declare);
      const hidden = decodeBatch(ops, parts, weights, inputs, layout, declare);
      const prompts = ops.sliceRows(hidden, 0, layout.groups * layout.promptLength);
      return decoder.head(ops, weights, prompts);
    },

    figures<T>(
      ops: TensorOps<T>,
      weights: Weights<T>,
      layout: BatchLayout,
      declare: DeclareInput<T>,
      readout: TokenReadout,
    ) {
      const inputs = declareBatch(layout, headDim, declare);
      const hidden = decodeBatch(ops, parts, weights, inputs, layout, declare);
      const rows = ops.permuteRows(hidden, inputs.predicting);
      const found = headFigures(ops, decoder, weights, rows, inputs.targets, readout);
      const placed = (values: T) => byCompletion(ops, values, layout, inputs.packing);
      if (!readout.entropies) return { logProbs: placed(found) };
      const [logProbs, entropies] = ops.splitColumns(found, [layout.completions, 1]);
      return { logProbs: placed(logProbs!), entropies: placed(entropies!) };
    },

    prefill<T>(
      ops: TensorOps<T>,
      weights: Weights<T>,
      layout: BatchLayout,
      declare: DeclareInput<T>,
    ) {
      const inputs = declareBatch(layout, headDim, declare);
      const layers: { readonly key: T; readonly value: T }[] = [];
      const watching: TensorOps<T> = {
        ...ops,
        attendSharedPrompt(query, key, value, rest) {
          layers.push({ key, value });
          return ops.attendSharedPrompt(query, key, value, rest);
        },
      };
      const hidden = decodeBatch(watching, parts, weights, inputs, layout, declare);
      const last = ops.permuteRows(hidden, inputs.predicting);
      return { logits: decoder.head(ops, weights, last), layers };
    },

    step(ops, weights, ids, rotary, attend) {
      const embedded = decoder.embed(ops, weights, ids);
      return decoder.head(ops, weights, decoder.layers(ops, weights, embedded, rotary, attend));
    },
  };
}
