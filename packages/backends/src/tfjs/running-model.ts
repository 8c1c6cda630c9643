/** Defines a model on the device, as generation and inspection use it. */
import type { Model } from '../models/spec/model.ts';
import type { PositionRule } from '../models/spec/prompts.ts';
import type { Weights } from '../models/spec/weights.ts';
import type { StartedBackend } from './start/backend.ts';
import type { Tensor } from './tf.ts';

/** The settings of an engine. */
export interface TfjsEngineSettings {
  readonly positionRule: PositionRule;
  /** Memory limit of one run; larger batches run in parts. */
  readonly maxRunBytes: number;
}

/** A model with its backend and its weights. */
export interface RunningModel {
  readonly model: Model;
  readonly backend: StartedBackend;
  readonly settings: TfjsEngineSettings;
  /** The weights in training until the next step. @throws LociError `engine-stopped`. */
  readonly currentWeights: Weights<Tensor>;
}
