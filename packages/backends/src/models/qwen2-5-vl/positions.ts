/**
 * Where tokens and patches stand. The decoder's M-RoPE gives each token a temporal, a vertical and a horizontal position
 * (Qwen2-VL, arXiv 2409.12191, section 2.1); the vision tower gives each patch a row and a column.
 * Everything here is plain numbers, computed on the host; engines take the tables as inputs.
 */
import { LociError } from '@loci/core';
import type { EncodedMedia } from '@loci/core';
import type { ModelConfig, TextConfig, VisionConfig } from './config.ts';

/**
 * Where text goes on after a vision block: `4.49` after the largest position of any axis (as published, and as SpaceR
 * trained), `5.18` after `max(height, width) / merge` whatever the temporal extent. Names are transformers versions.
 */
export type PositionRule = '4.49' | '5.18';

/** What positions need to know of a medium. */
export type MediaExtent = Pick<EncodedMedia, 'kind' | 'grid' | 'secondsPerGrid'>;

/** M-RoPE positions of a prompt. */
export interface TokenPositions {
  /** Row-major `[3, tokens]`: all temporal positions, then all vertical, then all horizontal ones. */
  readonly positions: Int32Array;
  /** Position of the first token after the prompt, on all three axes; each further token adds 1. */
  readonly next: number;
  /** `max(positions) + 1 − tokens`, which Hugging Face calls `rope_deltas`. */
  readonly ropeDelta: number;
}

/** Cosines and sines, row-major `[rows, frequencies]`; each pair rotates dimensions `d` and `d + frequencies`. */
export interface RotaryTable {
  readonly cos: Float32Array;
  readonly sin: Float32Array;
  readonly rows: number;
  readonly frequencies: number;
}

/** Tokens that a medium of this grid takes in the prompt, after merging. */
export function mergedTokens(grid: EncodedMedia['grid'], merge: number): number {
  return (grid[0] * grid[1] * grid[2]) / (merge * merge);
}

/**
 * M-RoPE positions of one prompt.
 *
 * @param tokenIds the prompt, placeholders expanded, no padding.
 * @param media one entry for each run of placeholders, in prompt order.
 * @throws LociError `media-mismatch` when placeholders and media do not agree.
 */
export function tokenPositions(
  tokenIds: ArrayLike<number>,
  media: readonly MediaExtent[],
  config: ModelConfig,
  rule: PositionRule = '4.49',
): TokenPositions {
  const { tokens, vision } = config;
  const length = tokenIds.length;
  const positions = new Int32Array(3 * length);
  let at = 0;
  let next = 0;
  let used = 0;
  let largest = -1;
  while (at < length) {
    const id = tokenIds[at]!;
    if (id !== tokens.image && id !== tokens.video) {
      for (let axis = 0; axis < 3; axis++) positions[axis * length + at] = next;
      largest = Math.max(largest, next);
      next++;
      at++;
      continue;
    }
    const medium = media[used++];
    checkPlaceholders(tokenIds, at, medium, config);
    const [frames, gridHeight, gridWidth] = medium.grid;
    const height = gridHeight / vision.spatialMergeSize;
    const width = gridWidth / vision.spatialMergeSize;
    const interval = temporalInterval(medium, vision);
    let blockEnd = next;
    for (let frame = 0; frame < frames; frame++) {
      const time = next + Math.trunc(Math.fround(frame * interval));
      for (let row = 0; row < height; row++) {
        for (let column = 0; column < width; column++) {
          positions[at] = time;
          positions[length + at] = next + row;
          positions[2 * length + at] = next + column;
          blockEnd = Math.max(blockEnd, time, next + row, next + column);
          at++;
        }
      }
    }
    largest = Math.max(largest, blockEnd);
    next = rule === '4.49' ? blockEnd + 1 : next + Math.max(height, width);
  }
  if (used !== media.length) {
    throw new LociError(
      'media-mismatch',
      `the prompt has placeholders for ${used} media and is given ${media.length}`,
    );
  }
  return { positions, next, ropeDelta: largest + 1 - length };
}

/**
 * Temporal positions from one grid row to the next, in float32 as PyTorch computes them: the product is truncated
 * afterwards, so that rounding decides between neighbours (row 5 at 2 · 0.7 stands at 7, not 6).
 */
function temporalInterval({ kind, secondsPerGrid }: MediaExtent, vision: VisionConfig): number {
  return kind === 'video' ? Math.fround(vision.tokensPerSecond * Math.fround(secondsPerGrid)) : 0;
}

function checkPlaceholders(
  tokenIds: ArrayLike<number>,
  at: number,
  medium: MediaExtent | undefined,
  { tokens, vision }: ModelConfig,
): asserts medium is MediaExtent {
  const id = tokenIds[at]!;
  const kind = id === tokens.video ? 'video' : 'image';
  const expected = medium && mergedTokens(medium.grid, vision.spatialMergeSize);
  const run = expected ?? 0;
  let found = 0;
  while (found < run && tokenIds[at + found] === id) found++;
  if (medium?.kind === kind && Number.isInteger(expected) && found === run) return;
  throw new LociError(
    'media-mismatch',
    medium
      ? `token ${at} begins a ${kind} block; the medium given is a ${medium.kind} of ${run} tokens and ${found} placeholders follow`
      : `token ${at} begins a ${kind} block and no medium is left for it`,
  );
}

/** Inverse frequencies `theta^(−2i / (2·count))`, in float32 as PyTorch computes them. */
function inverseFrequencies(count: number, theta: number): Float32Array {
  return Float32Array.from({ length: count }, (_, index) =>
    Math.fround(1 / Math.fround(theta ** Math.fround(index / count))),
  );
}

/** Fills a table from the position that each (row, frequency) rotates by and its inverse frequency. */
function rotaryTable(
  rows: number,
  frequencies: number,
  angle: (row: number, frequency: number) => number,
): RotaryTable {
  const cos = new Float32Array(rows * frequencies);
  const sin = new Float32Array(rows * frequencies);
  for (let row = 0, at = 0; row < rows; row++) {
    for (let frequency = 0; frequency < frequencies; frequency++, at++) {
      const radians = Math.fround(angle(row, frequency));
      cos[at] = Math.cos(radians);
      sin[at] = Math.sin(radians);
    }
  }
  return { cos, sin, rows, frequencies };
}

/**
 * Rotary tables `[tokens, headDim / 2]` of the decoder: the first `mropeSection[0]` frequencies turn with the temporal
 * position, the next with the vertical one, the rest with the horizontal one.
 *
 * @param positions row-major `[3, tokens]`.
 */
export function textRotary(positions: Int32Array, text: TextConfig): RotaryTable {
  const rows = positions.length / 3;
  const half = text.headDim / 2;
  const inverse = inverseFrequencies(half, text.ropeTheta);
  const axisOf = text.mropeSection.flatMap((size, axis) => new Array<number>(size).fill(axis));
  return rotaryTable(
    rows,
    half,
    (row, frequency) => positions[axisOf[frequency]! * rows + row]! * inverse[frequency]!,
  );
}

/**
 * Row and column of every patch of a medium, row-major `[patches, 2]`, in the order in which patches are stored: frame by
 * frame, and within a frame by merge block.
 */
export function patchPositions(grid: EncodedMedia['grid'], merge: number): Int32Array {
  const [frames, height, width] = grid;
  const positions = new Int32Array(2 * frames * height * width);
  let at = 0;
  for (let frame = 0; frame < frames; frame++) {
    for (let blockRow = 0; blockRow < height; blockRow += merge) {
      for (let blockColumn = 0; blockColumn < width; blockColumn += merge) {
        for (let inBlock = 0; inBlock < merge * merge; inBlock++) {
          positions[at++] = blockRow + Math.floor(inBlock / merge);
          positions[at++] = blockColumn + (inBlock % merge);
        }
      }
    }
  }
  return positions;
}

/** Base of the vision tower's frequencies; configs with another are refused. */
const VISION_THETA = 10000;

/**
 * Rotary tables `[patches, headDim / 2]` of the vision tower for one medium, patches in stored order: the first half of
 * the frequencies turns with the row, the second with the column.
 */
export function visionRotary(grid: EncodedMedia['grid'], vision: VisionConfig): RotaryTable {
  const positions = patchPositions(grid, vision.spatialMergeSize);
  const perAxis = vision.hiddenSize / vision.heads / 4;
  const inverse = inverseFrequencies(perAxis, VISION_THETA);
  return rotaryTable(positions.length / 2, 2 * perAxis, (patch, frequency) => {
    const axis = Math.floor(frequency / perAxis);
    return positions[2 * patch + axis]! * inverse[frequency % perAxis]!;
  });
}
