/**
 * Builds the prompts of Qwen3-VL. A video is a sequence of vision blocks, one for each temporal patch, each after its time as text.
 * Positions need no times of their own.
 */
import { LociError } from '@loci/core';
import type { EncodedMedia } from '@loci/core';
import { CLIP_NORMALISATION, TRAINING_FRAME_RATE } from '@loci/media';
import type { FrameSettings } from '@loci/media';
import { framePrompts } from '../parts/frame-prompts.ts';
import { mropePositions } from '../parts/mrope.ts';
import { expandPlaceholders } from '../parts/placeholders.ts';
import { decoderRotary } from '../parts/rotary.ts';
import type { MediaExtent, ModelPrompts } from '../spec/prompts.ts';
import type { VisionSizes } from '../spec/sizes.ts';
import type { Qwen3VlConfig, TextConfig } from './config.ts';
import { WHOLE_VIDEO } from './video-size.ts';

/** The settings of the published folders: limits of a picture, and of all frames of a video together. */
const QWEN3_FRAMES: FrameSettings = {
  normalisation: {
    mean: CLIP_NORMALISATION.mean.map(() => 0.5),
    std: CLIP_NORMALISATION.std.map(() => 0.5),
  },
  image: { minPixels: 256 ** 2, maxPixels: 4096 ** 2 },
  video: {
    ...TRAINING_FRAME_RATE,
    minPixels: 4096,
    maxPixels: 24576 * 32 ** 2,
    sizing: WHOLE_VIDEO,
  },
};

/** Keys for transformers in a folder that Loci writes. */
function preprocessorKeys({ patchSize, mergeSize, temporalPatchSize }: VisionSizes) {
  return {
    image_processor_type: 'Qwen2VLImageProcessorFast',
    processor_class: 'Qwen3VLProcessor',
    patch_size: patchSize,
    merge_size: mergeSize,
    temporal_patch_size: temporalPatchSize,
  };
}

/** A time to one decimal, with ties to the even digit as in Python: 0.25 is 0.2 and 0.75 is 0.8. */
export function oneDecimal(seconds: number): string {
  const isTie = Number.isInteger(4 * seconds) && !Number.isInteger(2 * seconds);
  if (!isTie) return seconds.toFixed(1);
  const tenths = Math.floor(10 * seconds);
  return ((tenths + (tenths % 2)) / 10).toFixed(1);
}

/**
 * The time of each temporal patch of a video in seconds, the mean of its frames. A last patch that repeats its frame has the time of that
 * frame.
 *
 * @param depth frames in a patch.
 * @throws LociError `media-mismatch` when the times of the frames are missing.
 */
export function patchTimes({ grid, frameSeconds }: EncodedMedia, depth: number): readonly number[] {
  const [patches] = grid;
  if (frameSeconds === undefined || Math.ceil(frameSeconds.length / depth) !== patches) {
    throw new LociError(
      'media-mismatch',
      `a video of ${patches} temporal patches has the times of ${frameSeconds?.length ?? 0} frames; Qwen3-VL reads the time of each ` +
        'patch, so "frameSeconds" must have the time of every frame',
    );
  }
  const at = (frame: number) => frameSeconds[Math.min(frame, frameSeconds.length - 1)]!;
  return Array.from(
    { length: patches },
    (_, patch) => (at(patch * depth) + at(patch * depth + depth - 1)) / 2,
  );
}

/** The three tokens that a chat template writes for a video. */
const VIDEO_BLOCK = '<|vision_start|><|video_pad|><|vision_end|>';

/**
 * Replaces each video by a block with its time for each temporal patch.
 *
 * @throws LociError `media-mismatch` when the text has more or fewer videos.
 */
function withTimes(text: string, media: readonly EncodedMedia[], depth: number): string {
  const videos = media.filter(({ kind }) => kind === 'video');
  const [before, ...after] = text.split(VIDEO_BLOCK);
  if (after.length !== videos.length) {
    throw new LociError(
      'media-mismatch',
      `the chat template wrote ${VIDEO_BLOCK} ${after.length} times for ${videos.length} videos; ` +
        'the text of a message must not contain placeholders itself',
    );
  }
  const parts = after.map((rest, index) => {
    const times = patchTimes(videos[index]!, depth);
    return times.map((time) => `<${oneDecimal(time)} seconds>${VIDEO_BLOCK}`).join('') + rest;
  });
  return [before, ...parts].join('');
}

/** One block of tokens for each temporal patch; a picture has one. */
function blocksOf({ kind, grid }: MediaExtent, mergeSize: number) {
  const [times, height, width] = grid;
  const frame = { frames: 1, height: height / mergeSize, width: width / mergeSize };
  return Array.from({ length: times }, () => ({
    medium: { kind, grid: [1, height, width], secondsPerGrid: 0 } as const,
    ...frame,
  }));
}

/** The axis of each frequency: time, height, width in turn for as long as the sections last, time after that. */
function interleavedAxes({ headDim, mropeSection }: TextConfig): readonly number[] {
  return Array.from({ length: headDim / 2 }, (_, frequency) => {
    const axis = frequency % 3;
    return axis > 0 && frequency < 3 * mropeSection[axis]! ? axis : 0;
  });
}

/** The prompts of a config. */
export function qwen3Prompts(config: Qwen3VlConfig, vision: VisionSizes): ModelPrompts {
  const { text, tokens } = config;
  const { mergeSize, temporalPatchSize } = vision;
  const axes = interleavedAxes(text);
  return {
    ...framePrompts({
      defaults: QWEN3_FRAMES,
      vision,
      takesVideoFile: true,
      published: preprocessorKeys(vision),
    }),
    addedTexts: [`<${oneDecimal(0.25)} seconds>`],
    encode(rendered, media, codec) {
      const blocks = media.flatMap((medium) => blocksOf(medium, mergeSize));
      const ids = codec.encode(withTimes(rendered, media, temporalPatchSize));
      const single = blocks.map(({ medium, height, width }) => ({
        kind: medium.kind,
        tokens: height * width,
      }));
      return expandPlaceholders(ids, single, tokens, (block) => block.tokens);
    },
    positions: (tokenIds, media, rule) =>
      mropePositions(
        tokenIds,
        media.flatMap((medium) => blocksOf(medium, mergeSize)),
        tokens,
        rule,
      ),
    rotary: (positions) => decoderRotary(positions, axes, text.ropeTheta),
  };
}
