/** Frame selections: the options object for plugins, and the two selections that SpaceR's scores refer to. */
import { z } from 'zod';
import type { FrameSelection } from '../spec/index.ts';

const count = z.int().positive();

/**
 * A {@link FrameSelection} as the options of a plugin.
 *
 * @example options: z.strictObject({ frames: frameSelection.optional() })
 */
export const frameSelection = z
  .strictObject({
    fps: z.number().nonnegative().describe('frames a second of video; 0: always maxFrames'),
    maxFrames: count,
    minFrames: count.optional().describe('least number of frames; 1 if unset'),
    spacing: z
      .enum(['even', 'truncated', 'strided'])
      .optional()
      .describe('even: nearest frame; truncated: SpaceR-Eval; strided: multiples of N/n'),
    span: z
      .tuple([z.number().nonnegative(), z.number().positive()])
      .refine(([from, to]) => from < to, 'the start must be before the end')
      .optional()
      .describe('start and end of the part to read, in seconds'),
    longestSide: count.optional().describe('pixels; larger frames are scaled down to it'),
    sides: z.enum(['kept', 'exchanged']).optional().describe('exchanged: SpaceR-Eval'),
    minPixels: count.optional().describe("least area of a scaled frame; the model's if unset"),
    maxPixels: count.optional().describe("greatest area of a scaled frame; the model's if unset"),
    timing: z
      .enum(['as-trained', 'filmed'])
      .optional()
      .describe('as-trained: two frames are one second; filmed: as far apart as they are'),
  })
  .refine(({ minFrames = 1, maxFrames }) => minFrames <= maxFrames, {
    message: 'minFrames must not exceed maxFrames',
    path: ['minFrames'],
  }) satisfies z.ZodType<FrameSelection>;

/** Area limits of Qwen2.5-VL's reader for frames that are handed over one by one. */
const QWEN_AREA = { minPixels: 4 * 28 * 28, maxPixels: 256 * 28 * 28 } as const;

/** What SpaceR-Eval intends: 32 frames at most, one a second, the longer side 448 at most. */
export const EVALUATION_FRAMES: FrameSelection = {
  fps: 1,
  maxFrames: 32,
  longestSide: 448,
  ...QWEN_AREA,
};

/** What SpaceR-Eval does: indices are cut off instead of rounded, and large frames come out with their sides exchanged. */
export const SPACER_EVALUATION_FRAMES: FrameSelection = {
  ...EVALUATION_FRAMES,
  spacing: 'truncated',
  sides: 'exchanged',
};
