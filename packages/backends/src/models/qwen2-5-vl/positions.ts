/** Computes the positions of a Qwen2.5-VL prompt: a video is one block whose temporal positions follow its seconds. */
import type { MediaExtent, PositionRule, RotaryTable, TokenPositions } from '../spec/prompts.ts';
import { mropePositions } from '../parts/mrope.ts';
import { decoderRotary } from '../parts/rotary.ts';
import type { DecoderConfig } from '../parts/published-config.ts';
import type { Qwen25VlConfig, VisionConfig } from './config.ts';

/**
 * M-RoPE positions of one prompt.
 *
 * @param tokenIds the prompt, placeholders expanded, no padding.
 * @param media one entry for each run of placeholders, in prompt order.
 * @throws LociError `media-mismatch` when placeholders and media do not match.
 */
export function tokenPositions(
  tokenIds: ArrayLike<number>,
  media: readonly MediaExtent[],
  { tokens, vision }: Qwen25VlConfig,
  rule: PositionRule = '4.49',
): TokenPositions {
  const blocks = media.map((medium) => {
    const [frames, height, width] = medium.grid;
    const interval = temporalInterval(medium, vision);
    return {
      medium,
      frames,
      height: height / vision.spatialMergeSize,
      width: width / vision.spatialMergeSize,
      offset: (frame: number) => Math.trunc(Math.fround(frame * interval)),
    };
  });
  return mropePositions(tokenIds, blocks, tokens, rule);
}

/**
 * Temporal positions from one grid row to the next, in float32 as PyTorch computes them: the product is truncated
 * afterwards, so that rounding decides between neighbors (row 5 at 2 · 0.7 has position 7, not 6).
 */
function temporalInterval({ kind, secondsPerGrid }: MediaExtent, vision: VisionConfig): number {
  return kind === 'video' ? Math.fround(vision.tokensPerSecond * Math.fround(secondsPerGrid)) : 0;
}

/**
 * Rotary tables `[tokens, headDim / 2]` of the decoder: the first `mropeSection[0]` frequencies turn with the temporal
 * position, the next with the vertical one, the rest with the horizontal one.
 *
 * @param positions row-major `[3, tokens]`.
 */
export function textRotary(positions: Int32Array, text: DecoderConfig): RotaryTable {
  const axisOf = text.mropeSection.flatMap((size, axis) => new Array<number>(size).fill(axis));
  return decoderRotary(positions, axisOf, text.ropeTheta);
}
