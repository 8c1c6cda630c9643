/** What an engine of graphs is set up with, and what a run of a graph is given. */
import type { WeightSet } from '../../engine/policy-engine.ts';
import type { PositionRule } from '../../models/spec/prompts.ts';
import type { HostTensors } from '../../ops/host-tensor.ts';
import type { LoweringName } from '../lower/kernels.ts';
import type { ModelGraph } from './model-graphs.ts';
import type { Feed, Fetch } from './runtime-messages.ts';

/** How an engine is set up. */
export interface EngineSettings {
  readonly lowering: LoweringName;
  readonly positionRule: PositionRule;
  /** Bound on what one run may hold; larger batches are run in parts. */
  readonly maxRunBytes: number;
  /** Compiled graphs that are kept. */
  readonly maxSessions: number;
  /** Compute the inside of layers again for their gradients rather than keep it. Default: false. */
  readonly recompute?: boolean | undefined;
}

/** A run of a graph that reads the engine's parameters. */
export interface GraphRun {
  /** Tells the graph from all others. */
  readonly key: string;
  /** Builds the graph when it is not compiled yet. */
  readonly make: () => ModelGraph;
  /** Rough memory that it holds. Default: 0. */
  readonly bytes?: number;
  /** Which weights the trained parameters have. Default: `current`. */
  readonly weights?: WeightSet;
  /** Inputs beside the engine's parameters. */
  readonly feeds: Readonly<Record<string, Feed>>;
  /** What becomes of the outputs. */
  readonly fetches: Readonly<Record<string, Fetch>>;
  /** What becomes of the gradient of a parameter, where the graph makes gradients. */
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
