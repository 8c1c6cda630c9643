/** Defines the layout of groups of completions for a model: static sizes that a graph depends on, and inputs that vary between batches. */
import type { EncodedMedia, EncodedPrompt, PolicyGroup } from '@loci/core';
import type { HostTensors } from '../../ops/host-tensor.ts';
import type { PositionRule } from './prompts.ts';

/** Static sizes of a cut of patches into segments that attend within themselves. */
export interface SegmentLayout {
  readonly segments: number;
  /** Patches of the longest segment. */
  readonly length: number;
  /** Whether some segment is shorter and padded with rows of zeros. */
  readonly padded: boolean;
}

/** Static sizes of the media of a batch: all that a tower's graph depends on. Plain data. */
export interface MediaLayout {
  readonly patches: number;
  /** Merged tokens that the tower makes. */
  readonly tokens: number;
  /** The tower's cuts into segments, by its own names. */
  readonly cuts: Readonly<Record<string, SegmentLayout>>;
}

/** Completions that attention pads to one length. */
export interface BandSizes {
  /** Completions of all groups together. */
  readonly completions: number;
  readonly length: number;
}

/**
 * Static sizes of a batch. Rows are the prompts, padded on the right to one length, then the completions: padded on the right to
 * one length too, or packed, one after another without padding. Only attention sees packed completions padded.
 */
export interface BatchLayout {
  readonly groups: number;
  readonly promptLength: number;
  /** Completions of a group; 0 for prompts alone. */
  readonly completions: number;
  /** Tokens of the longest completion. */
  readonly completionLength: number;
  /** Rows of packed completions: those of their tokens, and at least one that is not a token. Absent where completions are padded. */
  readonly packedRows?: number;
  /**
   * Where packed completions differ much: how attention pads them, the shortest first, whichever group they belong to. Absent where all
   * are padded to `completionLength`.
   */
  readonly bands?: readonly BandSizes[];
  readonly media?: MediaLayout;
}

/** Rows of a layout: prompt tokens and completion tokens, padding included. */
export function batchRows(layout: BatchLayout): number {
  const { groups, promptLength, packedRows } = layout;
  return packedRows === undefined ? paddedRows(layout) : groups * promptLength + packedRows;
}

/** The completions as attention pads them. */
export function attentionBands(layout: BatchLayout): readonly BandSizes[] {
  const { groups, completions, completionLength, bands } = layout;
  if (completions === 0) return [];
  return bands ?? [{ completions: groups * completions, length: completionLength }];
}

/** Rows of attention: every prompt and every completion padded. */
export function paddedRows(layout: BatchLayout): number {
  return attentionBands(layout).reduce(
    (rows, { completions, length }) => rows + completions * length,
    layout.groups * layout.promptLength,
  );
}

/** Rows whose logits are computed. */
export function predictingRows(layout: BatchLayout): number {
  const { groups, completions, completionLength, packedRows } = layout;
  if (packedRows !== undefined) return groups + packedRows - groups * completions;
  return groups * (1 + completions * Math.max(completionLength - 1, 0));
}

/** The properties of a run that affect its memory, besides its layout. */
export interface RunKind {
  /** Whether the run keeps only the inputs of layers, and recomputes one layer at a time. Default: false. */
  readonly recompute?: boolean;
  /** Whether entropies are computed and differentiated. Default: false. */
  readonly entropies?: boolean;
}

/** The batches of a model. */
export interface ModelBatches {
  /** The layout of media taken together; undefined when there are none. */
  mediaLayout(media: readonly Pick<EncodedMedia, 'grid'>[]): MediaLayout | undefined;
  /** Estimated peak bytes of a run of a layout, with its gradients. */
  bytes(layout: BatchLayout, kind?: RunKind): number;
  /**
   * The values of the inputs that the graphs of a layout declare.
   *
   * @param groups their number is that of the layout, and none exceeds its lengths.
   * @throws LociError `media-mismatch` when placeholders and media of a prompt do not match.
   */
  tensors(layout: BatchLayout, groups: readonly PolicyGroup[], rule: PositionRule): HostTensors;
  /** The values of the inputs that the vision tower declares by itself. */
  mediaTensors(media: readonly EncodedMedia[]): HostTensors;
  /**
   * Reorders rows `[merged tokens, width]` from the tower's order to that of the prompt.
   *
   * @param media that the tower read.
   */
  inPromptOrder(
    rows: Float32Array,
    media: readonly Pick<EncodedMedia, 'grid'>[],
    width: number,
  ): Float32Array;
  /**
   * Checks media before anything is computed.
   *
   * @throws LociError `media-mismatch` when media do not fit the placeholders of their prompt, or patches their grid.
   */
  checkMedia(prompts: readonly EncodedPrompt[]): void;
}
