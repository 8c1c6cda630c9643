/**
 * A model on a runtime of graphs, such as ONNX Runtime: its weights in the runtime's store, its graphs compiled by layout, and the
 * runs that a policy is made of.
 */
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
import type { Model, TunedModel } from '../../models/spec/model.ts';
import type { PositionRule } from '../../models/spec/prompts.ts';
import type { ParameterSpec } from '../../models/spec/weights.ts';
import type { Tuning } from '../../ops/tuning.ts';
import type { HostTensors } from '../../ops/host-tensor.ts';
import { lossForm } from '../../engine/loss.ts';
import { lossInputs } from '../../engine/loss-inputs.ts';
import { planMicroBatches } from '../../engine/micro-batches.ts';
import type { MicroBatch } from '../../engine/micro-batches.ts';
import {
  collectFigures,
  emptyFigures,
  isPlain,
  PLAIN_READOUT,
  readoutOf,
} from '../../engine/readout.ts';
import type { Moments } from '../../weights/model-folder.ts';
import type { ModelWeights } from '../../weights/model-weights.ts';
import { parameterArena } from '../../weights/parameter-arena.ts';
import type { ArenaEntry, ParameterArena } from '../../weights/parameter-arena.ts';
import type { PolicyEngine, WeightSet } from '../../engine/policy-engine.ts';
import type { LoweringName } from '../lower/kernels.ts';
import type { GraphRuntime } from './graph-runtime.ts';
import type { Feed, Fetch, ReturnedTensor } from './runtime-messages.ts';
import { figuresOf, gradientOutput, modelGraph } from './model-graphs.ts';
import type { GraphPurpose, ModelGraph } from './model-graphs.ts';
import { AdamW, frozenStore, optimizerPieces, STORE } from './optimizer.ts';
import { SessionCache } from './session-cache.ts';

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

/** Compiled graphs may hold this many times the memory of the largest run. */
const RUNS_KEPT = 4;
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

/** One model, its optimiser and the host that they live in. */
export class GraphEngine implements PolicyEngine {
  readonly runtime: GraphRuntime;
  readonly model: Model;
  readonly tuning: Tuning | undefined;
  readonly arena: ParameterArena;
  readonly settings: EngineSettings;
  readonly optimizer: AdamW;
  /** Changes whenever the current weights do; graphs that hold them as constants are stale then. */
  weightVersion = 0;
  readonly #sessions: SessionCache;
  readonly #places: ReadonlyMap<string, ArenaEntry>;
  readonly #frozen: ReadonlyMap<string, ParameterSpec>;

  private constructor(runtime: GraphRuntime, tuned: TunedModel, settings: EngineSettings) {
    this.runtime = runtime;
    this.model = tuned.model;
    this.tuning = tuned.tuning;
    this.settings = settings;
    this.arena = parameterArena(tuned);
    this.optimizer = new AdamW(runtime, optimizerPieces(runtime, this.arena.entries));
    this.#sessions = new SessionCache(runtime, {
      sessions: settings.maxSessions,
      bytes: RUNS_KEPT * settings.maxRunBytes,
    });
    this.#places = new Map(this.arena.entries.map((entry) => [entry.name, entry]));
    this.#frozen = new Map(this.arena.frozen.map((spec) => [spec.name, spec]));
  }

  /**
   * Puts the weights into the worker: the frozen ones once, the trained ones as current and as start weights, which are one
   * array until the first update.
   *
   * @param weights handed over, empty afterwards.
   */
  static async start(
    runtime: GraphRuntime,
    tuned: TunedModel,
    { trained, frozen }: ModelWeights,
    settings: EngineSettings,
  ): Promise<GraphEngine> {
    const engine = new GraphEngine(runtime, tuned, settings);
    for await (const { name, data } of frozen ?? []) await runtime.give(frozenStore(name), data);
    await engine.setWeights(trained);
    await runtime.share(STORE.current, STORE.start);
    return engine;
  }

  async setWeights(weights: Float32Array, moments?: Moments): Promise<void> {
    const { runtime, arena } = this;
    const moment = (name: string, values?: Float32Array) =>
      values ? runtime.give(name, values) : runtime.zeros(name, arena.size);
    await runtime.give(STORE.current, weights);
    await moment(STORE.mean, moments?.mean);
    await moment(STORE.square, moments?.square);
    await runtime.zeros(STORE.gradient, arena.size);
    this.optimizer.step = moments?.step ?? 0;
    this.weightVersion++;
  }

  get description(): string {
    return this.runtime.description;
  }

  get reason(): string {
    const { reason } = this.runtime;
    const operations = `${this.settings.lowering} operations`;
    return reason === undefined ? operations : `${operations}; ${reason}`;
  }

  weights(): Promise<Float32Array> {
    return this.#stored(STORE.current);
  }

  async moments(): Promise<Moments> {
    return {
      mean: await this.#stored(STORE.mean),
      square: await this.#stored(STORE.square),
      step: this.optimizer.step,
    };
  }

  dispose(): Promise<void> {
    return this.runtime.dispose();
  }

  async logProbs(
    groups: readonly PolicyGroup[],
    weights: WeightSet,
    readout: TokenReadout = PLAIN_READOUT,
  ): Promise<TokenFigures> {
    const figures = emptyFigures(groups, readout);
    for (const batch of this.#plan(groups, readout)) {
      const found = await this.#runBatch('log-probs', batch, groups, readout, { weights });
      collectFigures(figures, batch, groups, figuresOf(found));
    }
    return figures;
  }

  async forwardBackward(
    groups: readonly TrainingGroup[],
    loss: Loss,
  ): Promise<ForwardBackwardResult> {
    const readout = readoutOf(loss);
    const figures = emptyFigures(groups, readout);
    let total = 0;
    for (const batch of this.#plan(groups, readout)) {
      const members = batch.members.map((index) => groups[index]!);
      const found = await this.#runBatch(lossForm(loss), batch, groups, readout, {
        feeds: tensorFeeds(lossInputs(batch.layout, members, batch.real, loss)),
        fetches: { loss: 'return' },
        gradientFetch: (name) => {
          const { offset, shape } = this.#places.get(name)!;
          return { addTo: STORE.gradient, offset, shape };
        },
      });
      total += Number(found['loss']!.data[0]);
      collectFigures(figures, batch, groups, figuresOf(found));
    }
    return { loss: total, ...figures };
  }

  /** Drops the stored gradients. */
  async clearGradients(): Promise<void> {
    await this.runtime.fill(STORE.gradient, 0);
  }

  /** Applies and clears the stored gradients. */
  async optimStep(parameters: OptimStepParameters): Promise<OptimStepResult> {
    const result = await this.optimizer.apply(parameters);
    if (result.applied) this.weightVersion++;
    return result;
  }

  /** Runs a graph of this engine's cache; gives back the outputs whose fetch is `return`. */
  run(graph: GraphRun): Promise<Readonly<Record<string, ReturnedTensor>>> {
    const { key, make, bytes = 0, weights = 'current', feeds, fetches, gradientFetch } = graph;
    return this.#sessions.use(key, make, bytes, ({ session, parameters, gradients }) => {
      const own = parameters.filter((name) => !(name in feeds));
      const added = gradientFetch ? gradients : [];
      return this.runtime.run(
        session,
        { ...this.parameterFeeds(own, weights), ...feeds },
        {
          ...fetches,
          ...Object.fromEntries(added.map((name) => [gradientOutput(name), gradientFetch!(name)])),
        },
      );
    });
  }

  /** Feeds of the parameters that a graph reads; trained ones from one of the two stored sets. */
  parameterFeeds(names: readonly string[], weights: WeightSet): Record<string, Feed> {
    return Object.fromEntries(
      names.map((name) => {
        const frozen = this.#frozen.get(name);
        if (frozen) {
          const { shape } = frozen;
          return [name, { type: 'float32', shape, stored: frozenStore(name) } as const];
        }
        const { shape, offset } = this.#places.get(name)!;
        return [name, { type: 'float32', shape, stored: STORE[weights], offset } as const];
      }),
    );
  }

  async #stored(name: string): Promise<Float32Array> {
    return (await this.runtime.get(name)) as Float32Array;
  }

  #plan(groups: readonly PolicyGroup[], { entropies }: TokenReadout): MicroBatch[] {
    const { maxRunBytes, recompute = false } = this.settings;
    return planMicroBatches(groups, this.model.batches, maxRunBytes, { recompute, entropies });
  }

  /** Runs the graph of a batch for a purpose, for the figures of its tokens and what else is asked. */
  #runBatch(
    purpose: GraphPurpose,
    { layout, members }: MicroBatch,
    groups: readonly PolicyGroup[],
    readout: TokenReadout,
    { feeds, fetches, ...rest }: Partial<GraphRun>,
  ): Promise<Readonly<Record<string, ReturnedTensor>>> {
    const { batches } = this.model;
    const { lowering, recompute = false, positionRule } = this.settings;
    const { entropies } = readout;
    const isForward = purpose === 'log-probs';
    const bytes = batches.bytes(layout, { recompute, entropies });
    const own = members.map((index) => groups[index]!);
    const gradient = { recompute: recompute && !isForward };
    return this.run({
      key: JSON.stringify([purpose, layout, ...(isPlain(readout) ? [] : [readout])]),
      make: () => modelGraph(this, layout, purpose, lowering, gradient, readout),
      bytes: isForward ? FORWARD_SHARE * bytes : bytes,
      feeds: { ...tensorFeeds(batches.tensors(layout, own, positionRule)), ...feeds },
      fetches: { logProbs: 'return', ...(entropies && { entropies: 'return' }), ...fetches },
      ...rest,
    });
  }
}
