/**
 * Lays out groups of completions that share their prompts for a decoder. Rows are the prompts, padded on the right to one length, then the
 * completions, padded or packed. Everything that varies between batches is an input, and a graph depends on the sizes only.
 */
import type { PolicyGroup } from '@loci/core';
import type { DeclareInput, HostTensors } from '../../ops/host-tensor.ts';
import { MASKED } from '../../ops/host-tensor.ts';
import type { CompletionBand, RotaryTables, RowPermutation } from '../../ops/tensor-ops.ts';
import type { SpecialTokenIds } from '../../text/special-tokens.ts';
import { batchRows, predictingRows } from '../spec/batches.ts';
import type { BatchLayout } from '../spec/batches.ts';
import type { ModelPrompts, PositionRule } from '../spec/prompts.ts';
import type { MediaRows } from './decoder.ts';
import { completionSpans, declareBands, declarePacking, packingTensors } from './packed-rows.ts';
import type { Packing } from './packed-rows.ts';
import { placeholderKind } from './placeholders.ts';

/** The inputs of a decoder, as handles of an engine. */
export interface BatchInputs<T> {
  /** Token ids `[rows]`, int32. */
  readonly ids: T;
  readonly rotary: RotaryTables<T>;
  /** `[groups, promptLength]`, see `SharedPromptAttention`. */
  readonly promptMask: T;
  /** Picks the predicting rows: the last row of each prompt, then all rows of a completion but its last. */
  readonly predicting: RowPermutation<T>;
  /** `[predicting rows, completions]`, int32: a prompt's last row predicts the first token of every completion. */
  readonly targets: T;
  readonly bands: readonly CompletionBand<T>[];
  /** Present where completions are packed. */
  readonly packing?: Packing<T>;
  readonly media?: Omit<MediaRows<T>, 'vision'>;
}

/** Declares the inputs of a layout. @param headDim width of a head of the decoder. */
export function declareBatch<T>(
  layout: BatchLayout,
  headDim: number,
  declare: DeclareInput<T>,
): BatchInputs<T> {
  const rows = batchRows(layout);
  const predicting = predictingRows(layout);
  const half = headDim / 2;
  const inputs: BatchInputs<T> = {
    ids: declare('text.ids', [rows], 'int32'),
    rotary: {
      cos: declare('text.cos', [rows, half], 'float32'),
      sin: declare('text.sin', [rows, half], 'float32'),
    },
    promptMask: declare('text.promptMask', [layout.groups, layout.promptLength], 'float32'),
    predicting: {
      index: declare('text.predicting', [predicting], 'int32'),
      inverse: declare('text.predictingInverse', [rows], 'int32'),
      hasZeroRows: false,
      leavesOut: true,
    },
    targets: declare('text.targets', [predicting, Math.max(layout.completions, 1)], 'int32'),
    bands: declareBands(layout, declare),
    ...(layout.packedRows !== undefined && { packing: declarePacking(layout, declare) }),
  };
  if (!layout.media) return inputs;
  return {
    ...inputs,
    media: {
      placement: {
        index: declare('text.mediaIndex', [rows], 'int32'),
        inverse: declare('text.mediaInverse', [layout.media.tokens], 'int32'),
        hasZeroRows: true,
        leavesOut: false,
      },
      textMask: declare('text.textMask', [rows, 1], 'float32'),
    },
  };
}

/**
 * The values of the inputs that `declareBatch` declares, without those of media.
 *
 * @param groups their number is that of the layout, and none exceeds its lengths.
 * @throws LociError `media-mismatch` when placeholders and media of a prompt do not match.
 */
export function batchTensors(
  layout: BatchLayout,
  groups: readonly PolicyGroup[],
  prompts: Pick<ModelPrompts, 'positions' | 'rotary'>,
  rule: PositionRule,
): HostTensors {
  const { promptLength, completions } = layout;
  const rows = batchRows(layout);
  const ids = new Int32Array(rows);
  const positions = new Int32Array(3 * rows);
  const promptMask = new Float32Array(layout.groups * promptLength);
  const predicting: number[] = [];
  const columns = Math.max(completions, 1);
  const targets = new Int32Array(predictingRows(layout) * columns);
  const spans = completionSpans(layout, groups);
  groups.forEach(({ prompt, completions: own }, group) => {
    const start = group * promptLength;
    const { tokenIds } = prompt;
    const length = tokenIds.length;
    const placed = prompts.positions(tokenIds, prompt.media, rule);
    ids.set(tokenIds, start);
    promptMask.fill(MASKED, start + length, start + promptLength);
    for (let axis = 0; axis < 3; axis++) {
      positions.set(
        placed.positions.subarray(axis * length, (axis + 1) * length),
        axis * rows + start,
      );
    }
    own.forEach((completion, index) => {
      const at = spans[group * completions + index]!.start;
      ids.set(completion, at);
      for (let axis = 0; axis < 3; axis++) {
        for (let token = 0; token < completion.length; token++) {
          positions[axis * rows + at + token] = placed.next + token;
        }
      }
      targets[group * columns + index] = completion[0] ?? 0;
    });
    predicting.push(start + length - 1);
  });
  for (const { start, length } of spans) {
    for (let token = 1; token < length; token++) {
      targets[predicting.length * columns] = ids[start + token]!;
      predicting.push(start + token - 1);
    }
  }
  const isPacked = layout.packedRows !== undefined;
  const packing = isPacked ? packingTensors(layout, spans) : {};
  while (predicting.length < predictingRows(layout)) predicting.push(rows - 1);
  const inverse = new Int32Array(rows).fill(predicting.length);
  predicting.forEach((row, index) => (inverse[row] = index));
  const { cos, sin, frequencies } = prompts.rotary(positions);
  return {
    'text.ids': { shape: [rows], data: ids },
    'text.cos': { shape: [rows, frequencies], data: cos },
    'text.sin': { shape: [rows, frequencies], data: sin },
    'text.promptMask': { shape: [layout.groups, promptLength], data: promptMask },
    'text.predicting': { shape: [predicting.length], data: Int32Array.from(predicting) },
    'text.predictingInverse': { shape: [rows], data: inverse },
    'text.targets': { shape: [predicting.length, columns], data: targets },
    ...packing,
  };
}

/**
 * The rows of the features: the k-th placeholder of the batch takes the k-th stored token of its media.
 *
 * @param tokenOrder for each merged token in the tower's order, its place in stored order.
 */
export function placementTensors(
  layout: BatchLayout,
  groups: readonly PolicyGroup[],
  tokenOrder: Int32Array,
  pads: Pick<SpecialTokenIds, 'image' | 'video'>,
): HostTensors {
  const rows = batchRows(layout);
  const placeholders: number[] = [];
  groups.forEach(({ prompt }, group) => {
    prompt.tokenIds.forEach((id, offset) => {
      if (placeholderKind(id, pads) === undefined) return;
      placeholders.push(group * layout.promptLength + offset);
    });
  });
  const index = new Int32Array(rows).fill(tokenOrder.length);
  const inverse = new Int32Array(tokenOrder.length);
  const textMask = new Float32Array(rows).fill(1);
  tokenOrder.forEach((stored, made) => {
    const row = placeholders[stored]!;
    index[row] = made;
    inverse[made] = row;
    textMask[row] = 0;
  });
  return {
    'text.mediaIndex': { shape: [rows], data: index },
    'text.mediaInverse': { shape: [tokenOrder.length], data: inverse },
    'text.textMask': { shape: [rows, 1], data: textMask },
  };
}
