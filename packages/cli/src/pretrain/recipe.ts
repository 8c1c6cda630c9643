/** How the start model is made: every number that decides what it learns. */
import type { FreshModel } from '@loci/backends';
import { DEFAULT_FRAME_SETTINGS, type FrameSettings } from '@loci/media';
import type { OptimStepParameters } from '@loci/core';
import { QUESTION_KINDS, type QuestionKindName } from '@loci/datasets';

/** One phase of training: how long, how many examples a step, how fast. */
export interface Phase {
  readonly steps: number;
  readonly batch: number;
  readonly learningRate: number;
}

/** The whole recipe; with the same recipe and engine the model comes out the same. */
export interface PretrainRecipe {
  readonly seed: number;
  /** Rooms to learn from. */
  readonly rooms: number;
  readonly questionsPerRoom: number;
  readonly kinds: readonly QuestionKindName[];
  /** Phase 0: the vision tower alone, through a map read-out that is thrown away. */
  readonly warmUp: Phase;
  /** Phase 1: the whole model on worked completions. */
  readonly supervised: Phase;
}

/** The recipe of the bundled start model. */
export const DEFAULT_RECIPE: PretrainRecipe = {
  seed: 17,
  rooms: 2400,
  questionsPerRoom: 4,
  kinds: QUESTION_KINDS,
  warmUp: { steps: 2500, batch: 16, learningRate: 2e-3 },
  supervised: { steps: 4000, batch: 8, learningRate: 1e-3 },
};

/** Optimiser settings of both phases. */
export const PRETRAIN_OPTIMIZER: Omit<OptimStepParameters, 'learningRate'> = {
  beta1: 0.9,
  beta2: 0.98,
  epsilon: 1e-8,
  weightDecay: 0.01,
  maxGradNorm: 1,
};

/** Frames of 56×84 pixels, two a second: 24 vision tokens for a clip of four seconds. */
export const START_MODEL_FRAMES: FrameSettings = {
  ...DEFAULT_FRAME_SETTINGS,
  video: { ...DEFAULT_FRAME_SETTINGS.video, minPixels: 28 * 28, maxPixels: 56 * 84, maxFrames: 8 },
};

/** About a million parameters in the shape of Qwen2.5-VL. */
export const START_MODEL: Pick<FreshModel, 'text' | 'vision'> = {
  text: {
    hiddenSize: 128,
    layers: 4,
    heads: 4,
    kvHeads: 2,
    headDim: 32,
    intermediateSize: 384,
    rmsNormEps: 1e-6,
    ropeTheta: 10_000,
    mropeSection: [4, 6, 6],
    tieWordEmbeddings: true,
    maxPositionEmbeddings: 512,
  },
  vision: {
    depth: 2,
    hiddenSize: 64,
    intermediateSize: 128,
    heads: 4,
    inChannels: 3,
    outHiddenSize: 128,
    patchSize: 14,
    spatialMergeSize: 2,
    temporalPatchSize: 2,
    windowSize: 112,
    fullAttentionBlocks: [1],
    tokensPerSecond: 2,
  },
};

/** Factor of the learning rate: 50 steps up, level for 60 % of the phase, then straight down to a twentieth. */
export function phaseFactor(step: number, { steps }: Phase): number {
  const done = step / steps;
  return Math.min(
    (step + 1) / 50,
    done < 0.6 ? 1 : Math.max(0.05, 1 - ((done - 0.6) / 0.4) * 0.95),
  );
}
