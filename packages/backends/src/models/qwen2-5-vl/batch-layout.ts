/**
 * How groups of completions are laid out for the decoder. Rows are the prompts, padded on the right to one length, then the
 * completions, padded on the right to one length: `groups · promptLength + groups · completions · completionLength`.
 * Everything that varies from batch to batch is an input; an engine's graph depends on the sizes only.
 */
import type { EncodedPrompt, PolicyGroup } from '@loci/core';
import type { ModelConfig } from './config.ts';
import type { DeclareInput, HostTensors } from '../../ops/host-tensor.ts';
import { MASKED } from '../../ops/host-tensor.ts';
import { textRotary, tokenPositions } from './positions.ts';
import type { PositionRule } from './positions.ts';
import type { VisionInputs } from './vision.ts';
import type { RotaryTables, RowPermutation } from '../../ops/tensor-ops.ts';
import { declareVision, planVision, visionTensors } from './vision-layout.ts';
import type { VisionLayout } from './vision-layout.ts';

/** Static sizes of a batch. */
export interface BatchLayout {
  readonly groups: number;
  readonly promptLength: number;
  /** Completions of a group; 0 for prompts alone. */
  readonly completions: number;
  readonly completionLength: number;
  readonly vision?: VisionLayout;
}

/** What the decoder reads, as handles of an engine. */
export interface BatchInputs<T> {
  /** Token ids `[rows]`, int32. */
  readonly ids: T;
  readonly rotary: RotaryTables<T>;
  /** `[groups, promptLength]`, see `SharedPromptAttention`. */
  readonly promptMask: T;
  /** Picks the rows whose logits are wanted: the last row of each prompt, then all of a completion but its last. */
  readonly predicting: RowPermutation<T>;
  /** `[predicting rows, completions]`, int32: a prompt's last row predicts the first token of every completion. */
  readonly targets: T;
  readonly media?: {
    readonly vision: VisionInputs<T>;
    readonly placement: RowPermutation<T>;
    readonly textMask: T;
  };
}

/** Rows of a layout: prompt tokens and completion tokens, padding included. */
export function batchRows({
  groups,
  promptLength,
  completions,
  completionLength,
}: BatchLayout): number {
  return groups * (promptLength + completions * completionLength);
}

/** Rows whose logits are computed. */
export function predictingRows({ groups, completions, completionLength }: BatchLayout): number {
  return groups * (1 + completions * Math.max(completionLength - 1, 0));
}

/** Declares the inputs of a layout. */
export function declareBatch<T>(
  layout: BatchLayout,
  config: ModelConfig,
  declare: DeclareInput<T>,
): BatchInputs<T> {
  const rows = batchRows(layout);
  const predicting = predictingRows(layout);
  const half = config.text.headDim / 2;
  const ids = declare('text.ids', [rows], 'int32');
  const rotary = {
    cos: declare('text.cos', [rows, half], 'float32'),
    sin: declare('text.sin', [rows, half], 'float32'),
  };
  const promptMask = declare('text.promptMask', [layout.groups, layout.promptLength], 'float32');
  const inputs = {
    ids,
    rotary,
    promptMask,
    predicting: {
      index: declare('text.predicting', [predicting], 'int32'),
      inverse: declare('text.predictingInverse', [rows], 'int32'),
      hasZeroRows: false,
      leavesOut: true,
    },
    targets: declare('text.targets', [predicting, Math.max(layout.completions, 1)], 'int32'),
  };
  if (!layout.vision) return inputs;
  const tokens = layout.vision.patches / config.vision.spatialMergeSize ** 2;
  return {
    ...inputs,
    media: {
      vision: declareVision(layout.vision, config.vision, declare),
      placement: {
        index: declare('text.mediaIndex', [rows], 'int32'),
        inverse: declare('text.mediaInverse', [tokens], 'int32'),
        hasZeroRows: true,
        leavesOut: false,
      },
      textMask: declare('text.textMask', [rows, 1], 'float32'),
    },
  };
}

/** The vision layout of prompts taken together; undefined when none has media. */
export function visionLayoutOf(
  prompts: readonly EncodedPrompt[],
  config: ModelConfig,
): VisionLayout | undefined {
  const grids = prompts.flatMap(({ media }) => media.map(({ grid }) => grid));
  return grids.length === 0 ? undefined : planVision(grids, config.vision).layout;
}

/**
 * The values of the inputs that `declareBatch` declares.
 *
 * @param groups as many as the layout has, none longer than its lengths.
 * @throws LociError `media-mismatch` when placeholders and media of a prompt do not agree.
 */
export function batchTensors(
  layout: BatchLayout,
  groups: readonly PolicyGroup[],
  config: ModelConfig,
  rule: PositionRule,
): HostTensors {
  const { promptLength, completions, completionLength } = layout;
  const rows = batchRows(layout);
  const ids = new Int32Array(rows);
  const positions = new Int32Array(3 * rows);
  const promptMask = new Float32Array(layout.groups * promptLength);
  const predicting: number[] = [];
  const columns = Math.max(completions, 1);
  const targets = new Int32Array(predictingRows(layout) * columns);
  groups.forEach(({ prompt, completions: own }, group) => {
    const start = group * promptLength;
    const { tokenIds } = prompt;
    const length = tokenIds.length;
    const placed = tokenPositions(tokenIds, prompt.media, config, rule);
    ids.set(tokenIds, start);
    promptMask.fill(MASKED, start + length, start + promptLength);
    for (let axis = 0; axis < 3; axis++) {
      positions.set(
        placed.positions.subarray(axis * length, (axis + 1) * length),
        axis * rows + start,
      );
    }
    own.forEach((completion, index) => {
      const at = completionStart(layout, group, index);
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
  for (let group = 0; group < layout.groups; group++) {
    for (let index = 0; index < completions; index++) {
      const at = completionStart(layout, group, index);
      for (let token = 1; token < completionLength; token++) {
        targets[predicting.length * columns] = ids[at + token]!;
        predicting.push(at + token - 1);
      }
    }
  }
  const inverse = new Int32Array(rows).fill(predicting.length);
  predicting.forEach((row, index) => (inverse[row] = index));
  const half = config.text.headDim / 2;
  const { cos, sin } = textRotary(positions, config.text);
  return {
    'text.ids': { shape: [rows], data: ids },
    'text.cos': { shape: [rows, half], data: cos },
    'text.sin': { shape: [rows, half], data: sin },
    'text.promptMask': { shape: [layout.groups, promptLength], data: promptMask },
    'text.predicting': { shape: [predicting.length], data: Int32Array.from(predicting) },
    'text.predictingInverse': { shape: [rows], data: inverse },
    'text.targets': { shape: [predicting.length, columns], data: targets },
    ...(layout.vision ? mediaTensors(layout, ids, groups, config) : {}),
  };
}

function completionStart(layout: BatchLayout, group: number, completion: number): number {
  const { groups, promptLength, completions, completionLength } = layout;
  return groups * promptLength + (group * completions + completion) * completionLength;
}

/** Where the features go: the k-th placeholder of the batch takes the k-th stored token of its media. */
function mediaTensors(
  layout: BatchLayout,
  ids: Int32Array,
  groups: readonly PolicyGroup[],
  config: ModelConfig,
): HostTensors {
  const rows = ids.length;
  const media = groups.flatMap(({ prompt }) => prompt.media);
  const plan = planVision(
    media.map(({ grid }) => grid),
    config.vision,
  );
  const { tokenOrder } = plan;
  const placeholders: number[] = [];
  groups.forEach(({ prompt }, group) => {
    prompt.tokenIds.forEach((id, offset) => {
      if (id === config.tokens.image || id === config.tokens.video) {
        placeholders.push(group * layout.promptLength + offset);
      }
    });
  });
  const index = new Int32Array(rows).fill(tokenOrder.length);
  const inverse = new Int32Array(tokenOrder.length);
  const textMask = new Float32Array(rows).fill(1);
  tokenOrder.forEach((stored, windowed) => {
    const row = placeholders[stored]!;
    index[row] = windowed;
    inverse[windowed] = row;
    textMask[row] = 0;
  });
  return {
    'text.mediaIndex': { shape: [rows], data: index },
    'text.mediaInverse': { shape: [tokenOrder.length], data: inverse },
    'text.textMask': { shape: [rows, 1], data: textMask },
    ...visionTensors(plan, media, config.vision),
  };
}
