/** The recipe of a start model: every number that affects its training. */
import type { FreshSizes, Model } from '@loci/backends';
import type { OptimStepParameters } from '@loci/core';
import { QUESTION_KINDS, type QuestionKindName } from '@loci/datasets';
import type { Slips } from './slips.ts';

/** One phase of training: its steps, examples per step, and learning rate. */
export interface Phase {
  /** Over which the learning rate rises and falls. */
  readonly steps: number;
  /** Steps after which the phase ends early; absent: all. */
  readonly until?: number | undefined;
  readonly batch: number;
  readonly learningRate: number;
}

/** A recipe. The same recipe and engine give the same model. */
export interface PretrainRecipe {
  /** Name of the architecture. */
  readonly architecture: string;
  readonly seed: number;
  /** Rooms to train on. */
  readonly rooms: number;
  readonly questionsPerRoom: number;
  readonly kinds: readonly QuestionKindName[];
  /** Phase 0: pretraining of the vision tower, through a map read-out that is discarded later. */
  readonly warmUp: Phase;
  /** Phase 1: the whole model on worked completions. */
  readonly supervised: Phase;
  /** The model to start from, with its weights and its tokenizer and without phase 0. Absent: a fresh one. */
  readonly base?: Base | undefined;
  /** Fresh rooms and lessons in reading maps; absent: the same `rooms` rooms throughout. */
  readonly course?: Course | undefined;
}

/** How often kinds of questions come. */
export type KindTimes = Readonly<Partial<Record<QuestionKindName, number>>>;

/** Drills with films in between, so that the model does not forget to see. */
export interface DrilledPhase extends Phase {
  /** Share of steps with films, as in the imitation; absent: none. */
  readonly films?: number | undefined;
}

/** A model that a pretraining starts from. */
export interface Base {
  /** Its folder. */
  readonly model: string;
  /** Hash of its `model.safetensors`. */
  readonly sha256: string;
  /** Another model of the same shape whose vision tower takes the place of this one's. */
  readonly vision?: Omit<Base, 'vision'> | undefined;
}

/**
 * Settings that keep a start model from memorizing its rooms, and teach it to read its own map. `rooms` is then the number of
 * filmed rooms in the window.
 */
export interface Course {
  /** Version of the room generator (`ROOM_GENERATOR`). */
  readonly generator: string;
  /** Rooms that replace the oldest ones after every step, in both phases. */
  readonly freshRooms: { readonly warmUp: number; readonly supervised: number };
  /** Share of the imitation's examples whose film shows another room than question and map; the text after the map is learned. */
  readonly reading: number;
  /** Share of the imitation's steps that are drills without a film: worked steps in a row, letters of options. */
  readonly drills: number;
  /** How often a kind comes in films and drills, for once of a kind that is not named; absent: all alike. */
  readonly times?: KindTimes | undefined;
  /** Share of the lessons with the room's own film whose question asks for no map; absent: none. */
  readonly mapless?: number | undefined;
  /** Slips of the demonstrations with the room's own film; absent: none. */
  readonly slips?: Slips | undefined;
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

/** Optimizer settings of all phases. */
export const PRETRAIN_OPTIMIZER: Omit<OptimStepParameters, 'learningRate'> = {
  beta1: 0.9,
  beta2: 0.98,
  epsilon: 1e-8,
  weightDecay: 0.01,
  maxGradNorm: 1,
};

/** Size of a frame of a start model in merged tokens: 24 vision tokens for a clip of four seconds. */
const SEEN_TOKENS = { height: 2, width: 3 } as const;

/** Frames per second, and least and most frames of a film. */
export const SEEN_RATE = { fps: 2, minFrames: 4, maxFrames: 8 } as const;

/** Size of a frame for a start model, in pixels: 56×84 for patches of 14, 64×96 for patches of 16. */
export function seenSize({ vision }: Pick<Model, 'vision'>): {
  readonly height: number;
  readonly width: number;
} {
  const side = vision.patchSize * vision.mergeSize;
  return { height: SEEN_TOKENS.height * side, width: SEEN_TOKENS.width * side };
}

/** Sizes of a fresh model of about a million parameters. */
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

/** Steps that a phase takes. */
export function stepsTaken({ steps, until = steps }: Phase): number {
  return Math.min(until, steps);
}

/** Factor of the learning rate: 50 steps of warm-up, constant until 60 % of the phase, then linear decay to a twentieth. */
export function phaseFactor(step: number, { steps }: Phase): number {
  const done = step / steps;
  return Math.min(
    (step + 1) / 50,
    done < 0.6 ? 1 : Math.max(0.05, 1 - ((done - 0.6) / 0.4) * 0.95),
  );
}
