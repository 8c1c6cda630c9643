/**
 * Chooses the frames of a video and their size, as SpaceR's training reader does (2 frames a second, 4 to 16 of them) and as its
 * evaluation reader does (at most 32, indices truncated, sides exchanged).
 */
import { LociError } from '@loci/core';
import { roundHalfToEven, smartResize } from './smart-resize.ts';
import type { Size } from './smart-resize.ts';

/** How many frames are taken. */
export interface FrameRate {
  /** Frames a second of video. */
  readonly fps: number;
  readonly minFrames: number;
  readonly maxFrames: number;
}

/** The frame rate of SpaceR's training. */
export const TRAINING_FRAME_RATE: FrameRate = { fps: 2, minFrames: 4, maxFrames: 16 };

/** Area of a training frame in pixels: the reader's maximum is its minimum · 1.05. */
export const TRAINING_FRAME_AREA = { min: 128 * 28 * 28, max: Math.floor(128 * 28 * 28 * 1.05) };

/** Two frames make one patch in time. */
const FRAME_FACTOR = 2;

/** `count` equally spaced points from 0 to `last`, in float32 from both ends inwards as `torch.linspace` computes them. */
function linspaceFloat32(last: number, count: number): readonly number[] {
  const step = Math.fround(last / (count - 1));
  return Array.from({ length: count }, (_, index) =>
    index < count / 2
      ? Math.fround(step * index)
      : Math.fround(last - Math.fround(step * (count - 1 - index))),
  );
}

/**
 * Indices of the frames that training takes from a video.
 *
 * @param totalFrames frames in the file.
 * @param videoFps frames a second in the file.
 * @throws LociError `too-few-frames` when fewer than two frames are usable.
 */
export function trainingFrameIndices(
  totalFrames: number,
  videoFps: number,
  rate: FrameRate = TRAINING_FRAME_RATE,
): readonly number[] {
  const even = (value: number) => Math.floor(value / FRAME_FACTOR) * FRAME_FACTOR;
  const min = Math.ceil(rate.minFrames / FRAME_FACTOR) * FRAME_FACTOR;
  const max = even(Math.min(rate.maxFrames, totalFrames));
  const wanted = (totalFrames / videoFps) * rate.fps;
  const count = even(Math.min(Math.min(Math.max(wanted, min), max), totalFrames));
  if (!(count >= FRAME_FACTOR && count <= totalFrames)) {
    throw new LociError(
      'too-few-frames',
      `a video of ${totalFrames} frames at ${videoFps} frames a second is too short: the model needs two frames`,
    );
  }
  return linspaceFloat32(totalFrames - 1, count).map(roundHalfToEven);
}

/**
 * Size of a training frame: multiples of 28, the aspect ratio roughly kept. The number of frames does not matter up to 16,
 * since their total stays within the reader's limit.
 *
 * @throws LociError `aspect-ratio` beyond 200:1.
 */
export function trainingFrameSize(width: number, height: number): Size {
  return smartResize(width, height, 28, TRAINING_FRAME_AREA.min, TRAINING_FRAME_AREA.max);
}

/** Frames that evaluation takes, with their times. */
export interface EvaluationFrames {
  readonly indices: readonly number[];
  /** Whole seconds. */
  readonly timestamps: readonly number[];
  /** Whole seconds. */
  readonly duration: number;
}

/**
 * Frames that SpaceR's evaluation takes from a video: at most `numFrames`, `fps` a second (0: always `numFrames`).
 *
 * @param request `videoFps` 0 is unknown and counts as 30; at least `minFrames` are taken, by default 1.
 */
export function evaluationFrames(request: {
  readonly totalFrames: number;
  readonly videoFps: number;
  readonly numFrames: number;
  readonly fps: number;
  readonly minFrames?: number;
}): EvaluationFrames {
  const { totalFrames, numFrames, fps, minFrames = 1 } = request;
  const videoFps = request.videoFps || 30;
  const duration = Math.trunc(totalFrames / videoFps);
  const wanted = fps > 0 ? Math.min(numFrames, Math.trunc(duration * fps)) : numFrames;
  const count = Math.max(minFrames, wanted);
  const last = totalFrames - 1;
  const step = count > 1 ? last / (count - 1) : 0;
  const indices = Array.from({ length: count }, (_, index) =>
    count > 1 && index === count - 1 ? last : Math.trunc(index * step),
  );
  return { indices, timestamps: indices.map((index) => Math.trunc(index / videoFps)), duration };
}

/**
 * Size to which SpaceR's evaluation scales a frame whose longer side exceeds `maxSide`. Width and height come out
 * **exchanged**, as in the reference; compatibility runs only.
 */
export function evaluationFrameSize(width: number, height: number, maxSide: number): Size {
  const longer = Math.max(width, height);
  if (longer <= maxSide) return { width, height };
  const scale = maxSide / longer;
  return { width: Math.trunc(height * scale), height: Math.trunc(width * scale) };
}
