/**
 * Computes M-RoPE positions of a prompt (Qwen2-VL, arXiv 2409.12191, section 2.1): text counts on all three axes at once, and a block of
 * media tokens counts time, rows and columns from the position of the text before it.
 */
import type { SpecialTokenIds } from '../../text/special-tokens.ts';
import type { MediaExtent, PositionRule, TokenPositions } from '../spec/prompts.ts';
import { checkAllUsed, checkRun, placeholderKind } from './placeholders.ts';

/** A run of placeholders: a medium, or one of its frames. */
export interface MediaBlock {
  readonly medium: MediaExtent;
  readonly frames: number;
  /** Merged tokens along the sides of a frame. */
  readonly height: number;
  readonly width: number;
  /** Temporal positions from the start of the block to a frame. Default: none. */
  readonly offset?: (frame: number) => number;
}

/**
 * Positions of one prompt.
 *
 * @param tokenIds placeholders expanded, no padding.
 * @param blocks one for each run of placeholders, in prompt order.
 * @throws LociError `media-mismatch` when placeholders and media do not match.
 */
export function mropePositions(
  tokenIds: ArrayLike<number>,
  blocks: readonly MediaBlock[],
  pads: Pick<SpecialTokenIds, 'image' | 'video'>,
  rule: PositionRule,
): TokenPositions {
  const length = tokenIds.length;
  const positions = new Int32Array(3 * length);
  let at = 0;
  let next = 0;
  let used = 0;
  let largest = -1;
  while (at < length) {
    if (placeholderKind(tokenIds[at]!, pads) === undefined) {
      for (let axis = 0; axis < 3; axis++) positions[axis * length + at] = next;
      largest = Math.max(largest, next);
      next++;
      at++;
      continue;
    }
    const block = blocks[used++];
    checkRun(
      tokenIds,
      at,
      block?.medium,
      block ? block.frames * block.height * block.width : 0,
      pads,
    );
    const { frames, height, width, offset = () => 0 } = block!;
    let blockEnd = next;
    for (let frame = 0; frame < frames; frame++) {
      const time = next + offset(frame);
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
  checkAllUsed(
    used,
    blocks.map(({ medium }) => medium),
  );
  return { positions, next, ropeDelta: largest + 1 - length };
}
