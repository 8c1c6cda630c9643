/** How the start model is made: every number that decides what it learns. */
import type { FreshSizes, Model } from '@loci/backends';
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
  /** Name of the architecture. */
  readonly architecture: string;
  readonly seed: number;
  /** Rooms to learn from. */
  readonly rooms: number;
  readonly questionsPerRoom: number;
  readonly kinds: readonly QuestionKindName[];
  /** Phase 0: the vision tower alone, through a map read-out that is thrown away. */
  readonly warmUp: Phase;
  /** Phase 1: the whole model on worked completions. */
  readonly supervised: Phase;
  /** The model to go on from, weights, words and all; it is not warmed up. Absent: a fresh one. */
  readonly base?: Base | undefined;
  /** Fresh rooms and lessons in reading maps; absent: `rooms` rooms, seen again and again. */
  readonly course?: Course | undefined;
}

/** Drills, and between them films, so that what the warm-up taught to see is not forgotten. */
export interface DrilledPhase extends Phase {
  /** Share of the steps that hold films, as the imitation's do; absent: none. */
  readonly films?: number | undefined;
}

/** A model that a pretraining goes on from. */
export interface Base {
  /** Its folder. */
  readonly model: string;
  /** Of its `model.safetensors`. */
  readonly sha256: string;
}

/**
 * What keeps a start model from learning its rooms by heart, and teaches it to read its own map. `rooms` is then the number of
 * filmed rooms at hand at a time.
 */
export interface Course {
  /** Version of the generator that the rooms come from (`ROOM_GENERATOR`). */
  readonly generator: string;
  /** Rooms that take the place of the oldest ones after every step, in the two phases. */
  readonly freshRooms: { readonly warmUp: number; readonly supervised: number };
  /** Share of the imitation's examples with a film that show another room than question and map speak of; learned after the map. */
  readonly reading: number;
  /** Share of the imitation's steps that hold drills without a film: worked steps in a row, letters of options. */
  readonly drills: number;
  /** Drills before the imitation; absent: none. */
  readonly drilled?: DrilledPhase | undefined;
}

/** The recipe of the bundled start model. */
export const DEFAULT_RECIPE: PretrainRecipe = {
  architecture: 'qwen2-5-vl',
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

/** Size of a frame of a start model in merged tokens: 24 vision tokens for a clip of four seconds. */
export const SEEN_TOKENS = { height: 2, width: 3 } as const;

/** Frames a second, and frames of a film. */
export const SEEN_RATE = { fps: 2, minFrames: 4, maxFrames: 8 } as const;

/** Size that a start model sees a frame at, in pixels: 56×84 for patches of 14, 64×96 for patches of 16. */
export function seenSize({ vision }: Pick<Model, 'vision'>): {
  readonly height: number;
  readonly width: number;
} {
  const side = vision.patchSize * vision.mergeSize;
  return { height: SEEN_TOKENS.height * side, width: SEEN_TOKENS.width * side };
}

/** About a million parameters. */
export const START_SIZES: FreshSizes = {
  text: {
    hiddenSize: 128,
    layers: 4,
    heads: 4,
    kvHeads: 2,
    headDim: 32,
    intermediateSize: 384,
    ropeTheta: 10_000,
    tieWordEmbeddings: true,
    maxPositions: 512,
  },
  vision: { depth: 2, hiddenSize: 64, intermediateSize: 128, heads: 4 },
};

/** Factor of the learning rate: 50 steps up, level for 60 % of the phase, then straight down to a twentieth. */
export function phaseFactor(step: number, { steps }: Phase): number {
  const done = step / steps;
  return Math.min(
    (step + 1) / 50,
    done < 0.6 ? 1 : Math.max(0.05, 1 - ((done - 0.6) / 0.4) * 0.95),
  );
}
