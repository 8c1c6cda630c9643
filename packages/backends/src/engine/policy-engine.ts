/** What an engine does for a policy; `engine-policy.ts` makes a `Policy` of it. */
import type {
  ForwardBackwardResult,
  Loss,
  OptimStepParameters,
  OptimStepResult,
  PolicyGroup,
  TokenFigures,
  TokenReadout,
  TrainingGroup,
} from '@loci/core';
import type { TunedModel } from '../models/spec/model.ts';
import type { Moments } from '../weights/model-folder.ts';
import type { ParameterArena } from '../weights/parameter-arena.ts';

/** Weights to be used: those in training, or the frozen start. */
export type WeightSet = 'current' | 'start';

/** What a vision tower makes of media, `[merged tokens, hidden]` each, row-major, in the order of the prompt. */
export interface InspectedFeatures {
  readonly features: Float32Array;
  /** What deeper layers of the decoder get beside it; empty for most architectures. */
  readonly levels: readonly Float32Array[];
}

/** A model with its optimiser on some device. Inputs have been checked; only host arrays cross. */
export interface PolicyEngine extends TunedModel {
  readonly arena: ParameterArena;
  /** Library, device and threads, for people to read. */
  readonly description: string;
  /** Why it computes there and as it does, for people to read: what keeps faster devices away, for instance. */
  readonly reason: string;
  /** @param readout Default: `PLAIN_READOUT`. */
  logProbs(
    groups: readonly PolicyGroup[],
    weights: WeightSet,
    readout?: TokenReadout,
  ): Promise<TokenFigures>;
  /** Loss and figures of the tokens; gradients are added to those that are held. */
  forwardBackward(groups: readonly TrainingGroup[], loss: Loss): Promise<ForwardBackwardResult>;
  /** Applies and clears the gradients. */
  optimStep(parameters: OptimStepParameters): Promise<OptimStepResult>;
  /** The current weights in arena order. */
  weights(): Promise<Float32Array>;
  /** The optimiser's state. */
  moments(): Promise<Moments>;
  /**
   * Replaces the current weights; moments and step too, or sets them to zero. Gradients are dropped. The arrays are handed
   * over: an engine may take their memory, and they may be empty afterwards.
   */
  setWeights(weights: Float32Array, moments?: Moments): Promise<void>;
  dispose(): Promise<void>;
}
