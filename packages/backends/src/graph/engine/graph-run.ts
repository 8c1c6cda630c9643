/** Defines the settings of a graph engine and the request of a graph run. */
import type { WeightSet } from '../../engine/policy-engine.ts';
import type { PositionRule } from '../../models/spec/prompts.ts';
import type { HostTensors } from '../../ops/host-tensor.ts';
import type { LoweringName } from '../lower/kernels.ts';
import type { ModelGraph } from './model-graphs.ts';
import type { Feed, Fetch } from './runtime-messages.ts';

/** The settings of an engine. */
export interface EngineSettings {
  readonly lowering: LoweringName;
  readonly positionRule: PositionRule;
  /** Memory limit of one run; larger batches run in parts. */
  readonly maxRunBytes: number;
  /** The most compiled graphs to cache. */
  readonly maxSessions: number;
  /** Recompute the inside of layers for their gradients rather than keep it. Default: false. */
  readonly recompute?: boolean | undefined;
}

/** A run of a graph that reads the engine's parameters. */
export interface GraphRun {
  /** Identifies the graph. */
  readonly key: string;
  /** Builds the graph when it is not compiled yet. */
  readonly make: () => ModelGraph;
  /** Estimated memory of the run. Default: 0. */
  readonly bytes?: number;
  /** Which weights the trained parameters have. Default: `current`. */
  readonly weights?: WeightSet;
  /** Inputs beside the engine's parameters. */
  readonly feeds: Readonly<Record<string, Feed>>;
  /** The fetch of each output. */
  readonly fetches: Readonly<Record<string, Fetch>>;
  /** The fetch of the gradient of a parameter, for graphs with gradients. */
  readonly gradientFetch?: (parameter: string) => Fetch;
}

/** Memory of a pass that keeps nothing for gradients, as a share of one that does. */
export const FORWARD_SHARE = 0.25;

/** Feeds of host tensors. */
export function tensorFeeds(tensors: HostTensors): Record<string, Feed> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { shape, data }]) => {
      const type = data instanceof Float32Array ? 'float32' : 'int32';
      return [name, { type, shape, data } as const];
    }),
  );
}
