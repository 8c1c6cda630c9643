/** Estimates the memory of a run with gradients from the sizes of a decoder and a tower. */
import { attentionBands, batchRows, predictingRows } from '../spec/batches.ts';
import type { BatchLayout, RunKind } from '../spec/batches.ts';
import type { Decoder } from './decoder.ts';
import { MOST_LOGITS } from './model-graphs.ts';
import type { Tower } from './tower.ts';

/** Attention scores in memory at a time where probabilities are recomputed. */
const MOST_SCORES = 3 * 2 ** 25;

/** Temporaries and the allocator's own slack, as measured. */
const SLACK = 1.3;

/**
 * Arrays of the size of the logits that a head holds at once while it differentiates log-probabilities, without entropies and with them.
 */
const HELD_LOGITS = { plain: 3, entropies: 5 } as const;

/** Estimated peak bytes of a run with gradients. */
export function estimateBytes(
  layout: BatchLayout,
  { sizes, intermediateSize }: Pick<Decoder, 'sizes' | 'intermediateSize'>,
  { cost }: Pick<Tower, 'cost'>,
  { recompute = false, entropies = false }: RunKind,
): number {
  const { groups, promptLength } = layout;
  const rows = batchRows(layout);
  const perRow = 10 * sizes.hiddenSize + 4 * intermediateSize;
  const scores = attentionBands(layout).reduce(
    (sum, { completions, length }) => sum + completions * length * (promptLength + length),
    groups * promptLength ** 2,
  );
  const layers = recompute ? 1 : sizes.layers;
  const heldScores = Math.min(sizes.heads * scores, recompute ? MOST_SCORES : Infinity);
  const kept = recompute ? sizes.layers * rows * sizes.hiddenSize : 0;
  const decoder = layers * (rows * perRow + heldScores) + kept;
  const logits = predictingRows(layout) * sizes.vocabularySize;
  const copies = entropies ? HELD_LOGITS.entropies : HELD_LOGITS.plain;
  const head = copies * Math.min(logits, MOST_LOGITS);
  const patches = layout.media?.patches ?? 0;
  const span = layout.media?.cuts[cost.widest]?.length ?? 0;
  const perPatch = cost.perPatch + cost.heads * span;
  const blocks = recompute ? 1 : cost.depth;
  const keptPatches = recompute ? cost.depth * patches * cost.hiddenSize : 0;
  return SLACK * 4 * (decoder + head + blocks * patches * perPatch + keptPatches);
}
