/** Defines the contract of an engine; `engine-policy.ts` makes a `Policy` of it. */
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

/** The set of weights: those in training, or the frozen start. */
export type WeightSet = 'current' | 'start';

/** The features that a vision tower computes of media, `[merged tokens, hidden]` each, row-major, in the order of the prompt. */
export interface InspectedFeatures {
  readonly features: Float32Array;
  /** Further features for deeper layers of the decoder; empty for most architectures. */
  readonly levels: readonly Float32Array[];
}

/** A model with its optimizer on some device. Its inputs are already checked. Only host arrays cross this interface. */
export interface PolicyEngine extends TunedModel {
  readonly arena: ParameterArena;
  /** Library, device and threads, in words. */
  readonly description: string;
  /** The reason for this device and mode, in words, such as what rules out faster devices. */
  readonly reason: string;
  /** @param readout Default: `PLAIN_READOUT`. */
  logProbs(
    groups: readonly PolicyGroup[],
    weights: WeightSet,
    readout?: TokenReadout,
  ): Promise<TokenFigures>;
  /** Loss and figures of the tokens; gradients are added to the accumulated ones. */
  forwardBackward(groups: readonly TrainingGroup[], loss: Loss): Promise<ForwardBackwardResult>;
  /** Applies and clears the gradients. */
  optimStep(parameters: OptimStepParameters): Promise<OptimStepResult>;
  /** The current weights in arena order. */
  weights(): Promise<Float32Array>;
  /** The optimizer's state. */
  moments(): Promise<Moments>;
  /**
   * Replaces the current weights, and replaces moments and step or sets them to zero. Gradients are dropped. The arrays move to the engine
   * and may be empty afterwards.
   */
  setWeights(weights: Float32Array, moments?: Moments): Promise<void>;
  dispose(): Promise<void>;
}
