/** A model on the device as its runs see it: what generation and inspection need of an engine. */
import type { Model } from '../models/spec/model.ts';
import type { PositionRule } from '../models/spec/prompts.ts';
import type { Weights } from '../models/spec/weights.ts';
import type { StartedBackend } from './start/backend.ts';
import type { Tensor } from './tf.ts';

/** How an engine is set up. */
export interface TfjsEngineSettings {
  readonly positionRule: PositionRule;
  /** Bound on what one run may hold; larger batches are run in parts. */
  readonly maxRunBytes: number;
}

/** A model, where it runs, and its weights. */
export interface RunningModel {
  readonly model: Model;
  readonly backend: StartedBackend;
  readonly settings: TfjsEngineSettings;
  /** The weights in training until the next step. @throws LociError `engine-stopped`. */
  readonly currentWeights: Weights<Tensor>;
}
