/**
 * Implements the engine on a runtime of graphs, such as ONNX Runtime: the model's weights in the runtime's store, its graphs compiled by
 * layout, and the runs of a policy.
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
import type { ParameterSpec } from '../../models/spec/weights.ts';
import type { Tuning } from '../../ops/tuning.ts';
import { PLAIN_READOUT } from '../../engine/readout.ts';
import type { Moments } from '../../weights/model-folder.ts';
import type { ModelWeights } from '../../weights/model-weights.ts';
import { parameterArena } from '../../weights/parameter-arena.ts';
import type { ArenaEntry, ParameterArena } from '../../weights/parameter-arena.ts';
import type { PolicyEngine, WeightSet } from '../../engine/policy-engine.ts';
import { batchFigures, batchGradients } from './batch-runs.ts';
import type { GraphRuntime } from './graph-runtime.ts';
import type { EngineSettings, GraphRun } from './graph-run.ts';
import { homeLane, ONE_LANE, SideLane } from './lanes.ts';
import type { Lane, LaneChoice } from './lanes.ts';
import type { Feed, ReturnedTensor } from './runtime-messages.ts';
import { gradientOutput } from './model-graphs.ts';
import { AdamW, frozenStore, optimizerPieces, STORE } from './optimizer.ts';
import { SessionCache } from './session-cache.ts';

/** Version of tensors that are stored once and never change. */
const FOREVER = 0;

/**
 * Memory that compiled graphs keep from one run to the next beside the largest, by the estimates of their runs, in an engine with one lane.
 * In lanes they keep none. Lanes are for small models, whose runs take many sizes, and what one graph keeps no other can use: 180 steps of
 * the default run took 68.0 s with a peak of 1112 MiB, and 69.6 s with 1267 MiB where the largest graph of a lane kept its memory.
 */
const KEPT_BYTES = 160 * 2 ** 20;

/** Compiled graphs may hold this many times the memory of the largest run. */
const RUNS_KEPT = 4;

/** One model and its optimizer on a graph runtime. */
export class GraphEngine implements PolicyEngine {
  readonly runtime: GraphRuntime;
  readonly model: Model;
  readonly tuning: Tuning | undefined;
  readonly arena: ParameterArena;
  readonly settings: EngineSettings;
  readonly optimizer: AdamW;
  /** Changes whenever the current weights do; graphs that hold them as constants are then stale. */
  weightVersion = 0;
  /** The lanes for the runs of a batch. */
  readonly lanes: readonly Lane[];
  readonly #home: Lane;
  #looked: Float32Array | undefined;
  readonly #places: ReadonlyMap<string, ArenaEntry>;
  readonly #frozen: ReadonlyMap<string, ParameterSpec>;

  private constructor(
    runtime: GraphRuntime,
    tuned: TunedModel,
    settings: EngineSettings,
    choice: LaneChoice,
  ) {
    this.runtime = runtime;
    this.model = tuned.model;
    this.tuning = tuned.tuning;
    this.settings = settings;
    this.arena = parameterArena(tuned);
    this.optimizer = new AdamW(runtime, optimizerPieces(runtime, this.arena.entries));
    const { maxSessions: sessions, maxRunBytes } = settings;
    const { count, threads, open } = choice;
    const limitsOf = (lanes: number) => ({
      sessions,
      bytes: (RUNS_KEPT * maxRunBytes) / lanes,
      ...(count === 1 && { kept: KEPT_BYTES }),
    });
    // Fused graphs are what ONNX Runtime would make of them: unchanged they run as fast, and compile in half the time.
    const optimize = settings.lowering === 'plain';
    const cache = (of: GraphRuntime, lanes: number) =>
      new SessionCache(of, limitsOf(lanes), { optimize });
    const own = cache(runtime, 1);
    const beside = () => {
      const opened = open();
      return { runtime: opened, sessions: cache(opened, count) };
    };
    this.#home = homeLane(runtime, own);
    this.lanes = [
      homeLane(runtime, own, threads),
      ...Array.from({ length: count - 1 }, () => new SideLane(beside, runtime, this.arena.size)),
    ];
    this.#places = new Map(this.arena.entries.map((entry) => [entry.name, entry]));
    this.#frozen = new Map(this.arena.frozen.map((spec) => [spec.name, spec]));
  }

  /**
   * Stores the weights in the worker: the frozen ones once, the trained ones as current and as start weights, which share one array until
   * the first update.
   *
   * @param weights move to the worker and are empty afterwards.
   * @param lanes for the runs of a batch. Default: one, the runtime.
   */
  static async start(
    runtime: GraphRuntime,
    tuned: TunedModel,
    { trained, frozen }: ModelWeights,
    settings: EngineSettings,
    lanes: LaneChoice = ONE_LANE,
  ): Promise<GraphEngine> {
    const engine = new GraphEngine(runtime, tuned, settings, lanes);
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

  /** The current weights, to read before the next call: in the same memory each time, where the runtime shares it. */
  async lookAtWeights(): Promise<Float32Array> {
    const { shared } = this.runtime;
    if (!shared) return this.weights();
    this.#looked ??= new Float32Array(new SharedArrayBuffer(4 * this.arena.size));
    await shared.read(STORE.current, this.#looked);
    return this.#looked;
  }

  async moments(): Promise<Moments> {
    return {
      mean: await this.#stored(STORE.mean),
      square: await this.#stored(STORE.square),
      step: this.optimizer.step,
    };
  }

  async dispose(): Promise<void> {
    for (const lane of this.lanes) await lane.dispose();
  }

  logProbs(
    groups: readonly PolicyGroup[],
    weights: WeightSet,
    readout: TokenReadout = PLAIN_READOUT,
  ): Promise<TokenFigures> {
    return batchFigures(this, groups, weights, readout);
  }

  forwardBackward(groups: readonly TrainingGroup[], loss: Loss): Promise<ForwardBackwardResult> {
    return batchGradients(this, groups, loss);
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

  /** Runs a graph on one of the engine's lanes, the first unless another is named; returns the outputs whose fetch is `return`. */
  run(graph: GraphRun, lane = this.#home): Promise<Readonly<Record<string, ReturnedTensor>>> {
    const { key, make, bytes = 0, weights = 'current', feeds, fetches, gradientFetch } = graph;
    return lane.use({ key, make, bytes }, async ({ session, parameters, gradients }) => {
      const own = this.parameterFeeds(
        parameters.filter((name) => !(name in feeds)),
        weights,
      );
      await lane.bring(this.#versions(own));
      const added = gradientFetch ? gradients : [];
      return lane.runtime.run(
        session,
        { ...own, ...feeds },
        {
          ...fetches,
          ...Object.fromEntries(added.map((name) => [gradientOutput(name), gradientFetch!(name)])),
        },
      );
    });
  }

  /** Where a trained parameter lies in the arena. */
  place(parameter: string): ArenaEntry {
    return this.#places.get(parameter)!;
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

  /** The stored tensors among some feeds, each with a number that changes when it does. */
  #versions(feeds: Readonly<Record<string, Feed>>): ReadonlyMap<string, number> {
    const stored = Object.values(feeds).flatMap((feed) => ('stored' in feed ? [feed.stored] : []));
    return new Map(
      stored.map((name) => [name, name === STORE.current ? this.weightVersion : FOREVER]),
    );
  }

  async #stored(name: string): Promise<Float32Array> {
    return (await this.runtime.get(name)) as Float32Array;
  }
}
