/**
 * Keeps sessions of chunk graphs. With the weights as constants a token costs a quarter to a third less, because ONNX Runtime lays them out
 * for its matrix products once. Changed weights then require a new session, which takes 20 to 60 ms for models of a few million parameters.
 * With low-rank factors only the frozen weights are constants, and the session stays: that costs less than merging the factors at the start
 * of each sampling phase, and needs no second copy of the weights. Weights too large to copy are inputs instead.
 */
import { constantParameters } from './chunk-graph.ts';
import type { ChunkGraph, ChunkLayout } from './chunk-graph.ts';
import type { GraphEngine } from '../engine/graph-engine.ts';
import type { SessionHandle } from '../engine/graph-runtime.ts';
import { SessionPool } from '../engine/session-pool.ts';
import type { Feed } from '../engine/runtime-messages.ts';

/** A session and the parameters that its runs must feed. */
export interface ChunkSession {
  readonly session: SessionHandle;
  readonly feeds: Readonly<Record<string, Feed>>;
}

interface Facts {
  readonly graph: ChunkGraph;
  readonly weightVersion: number;
}

/** Weights up to this size become constants. */
const MAX_CONSTANT_BYTES = 256 * 2 ** 20;

/** Sessions kept; each holds a copy of the weights. */
const CAPACITY = 4;

/** Keeps the few sessions that decoding uses again. */
export class ChunkSessions {
  /** The parameters that graphs omit, because they are added as constants. */
  readonly constants: ChunkLayout['constants'];
  readonly #constant: ReadonlySet<string>;
  readonly #engine: GraphEngine;
  readonly #pool: SessionPool<Facts>;

  constructor(engine: GraphEngine) {
    this.#engine = engine;
    this.#pool = new SessionPool(engine.runtime);
    const { size, frozenSize } = engine.arena;
    const { tuning } = engine;
    const fits = engine.runtime.prefersConstants && (size + frozenSize) * 4 <= MAX_CONSTANT_BYTES;
    const hasFactors = Object.keys(tuning?.lowRank ?? {}).length > 0;
    this.constants = !fits ? 'none' : hasFactors ? 'frozen' : 'all';
    this.#constant = constantParameters(engine, this.constants);
  }

  /** Calls `work` with the session of a layout and the engine's current weights, which stays until the work is done. */
  use<Result>(
    layout: ChunkLayout,
    make: () => ChunkGraph,
    work: (chunk: ChunkSession) => Promise<Result>,
  ): Promise<Result> {
    const engine = this.#engine;
    const key = JSON.stringify(layout);
    const { weightVersion } = engine;
    const held = this.#pool.facts.get(key);
    const isStale = held && this.constants === 'all' && held.weightVersion !== weightVersion;
    const stale = this.#pool.remove(isStale ? [key] : []);
    const create = () => {
      const graph = held?.graph ?? make();
      const surplus = this.#pool.remove([...this.#pool.facts.keys()].slice(0, 1 - CAPACITY));
      const session = Promise.all([stale, surplus]).then(() => this.#create(graph));
      return { session, facts: { graph, weightVersion } };
    };
    return this.#pool.use(key, create, (session, { graph }) => {
      const fed = graph.parameters.filter((name) => !this.#constant.has(name));
      return work({ session, feeds: engine.parameterFeeds(fed, 'current') });
    });
  }

  async dispose(): Promise<void> {
    await this.#pool.remove(this.#pool.facts.keys());
  }

  #create({ model, parameters, joined }: ChunkGraph): Promise<SessionHandle> {
    const feedsOf = (names: readonly string[]) =>
      Object.entries(this.#engine.parameterFeeds(names, 'current'));
    const single = feedsOf(parameters.filter((name) => this.#constant.has(name)));
    const constants = [
      ...single.map(([name, feed]) => ({ name, shape: feed.shape, parts: [feed] })),
      ...joined.map(({ name, shape, parts }) => ({
        name,
        shape,
        parts: feedsOf(parts).map(([, feed]) => feed),
      })),
    ];
    // For a session of one step, the library's own rewriting costs more than it gains.
    const optimize = this.constants !== 'all';
    return this.#engine.runtime.createSession(model, { constants, optimize });
  }
}
