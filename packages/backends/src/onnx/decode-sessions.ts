/**
 * Sessions of chunk graphs. With the weights as constants a token costs a quarter to a third less, because ONNX Runtime lays
 * them out for its matrix products once; the session must then be made anew when the weights change, which takes 20 to
 * 60 ms for models of a few million parameters. Beside low-rank factors only what is frozen is a constant, and the session
 * stays: that costs less than merging the factors at the start of each sampling phase, and needs no second copy of the
 * weights. Weights too large to be copied are inputs instead.
 */
import { constantParameters } from './decode-graph.ts';
import type { ChunkLayout } from './decode-graph.ts';
import type { OnnxEngine } from './onnx-engine.ts';
import type { SessionHandle } from './graph-host.ts';
import type { Feed } from './session-messages.ts';
import type { ModelGraph } from './train/model-graphs.ts';

/** A session and the parameters that its runs must be fed. */
export interface ChunkSession {
  readonly session: SessionHandle;
  readonly feeds: Readonly<Record<string, Feed>>;
}

interface Entry {
  readonly graph: ModelGraph;
  readonly weightVersion: number;
  readonly session: SessionHandle;
}

/** Weights up to this size become constants. */
const MAX_CONSTANT_BYTES = 256 * 2 ** 20;

/** Sessions kept; each holds a copy of the weights. */
const CAPACITY = 4;

/** Keeps the few sessions that decoding goes back to. */
export class ChunkSessions {
  /** Which parameters the graphs are to leave out, to be added as constants. */
  readonly constants: ChunkLayout['constants'];
  readonly #constant: ReadonlySet<string>;
  readonly #engine: OnnxEngine;
  readonly #entries = new Map<string, Entry>();

  constructor(engine: OnnxEngine) {
    this.#engine = engine;
    const { size, frozenSize } = engine.arena;
    const { tuning } = engine.config;
    const fits = engine.host.prefersConstants && (size + frozenSize) * 4 <= MAX_CONSTANT_BYTES;
    const hasFactors = Object.keys(tuning?.lowRank ?? {}).length > 0;
    this.constants = !fits ? 'none' : hasFactors ? 'frozen' : 'all';
    this.#constant = constantParameters(engine.config, this.constants);
  }

  /** The session of a layout with the engine's current weights. */
  async obtain(layout: ChunkLayout, make: () => ModelGraph): Promise<ChunkSession> {
    const engine = this.#engine;
    const key = JSON.stringify(layout);
    const held = this.#entries.get(key);
    const { weightVersion } = engine;
    const current = held && (this.constants !== 'all' || held.weightVersion === weightVersion);
    this.#entries.delete(key);
    const entry = current ? held : await this.#create(held, make);
    this.#entries.set(key, entry);
    await this.#shrink();
    const fed = entry.graph.parameters.filter((name) => !this.#constant.has(name));
    return { session: entry.session, feeds: engine.parameterFeeds(fed, 'current') };
  }

  async dispose(): Promise<void> {
    for (const { session } of this.#entries.values())
      await this.#engine.host.releaseSession(session);
    this.#entries.clear();
  }

  async #create(stale: Entry | undefined, make: () => ModelGraph): Promise<Entry> {
    const { host, weightVersion } = this.#engine;
    if (stale) await host.releaseSession(stale.session);
    const graph = stale?.graph ?? make();
    const names = graph.parameters.filter((name) => this.#constant.has(name));
    const feeds = this.#engine.parameterFeeds(names, 'current');
    const constants = Object.entries(feeds).map(([name, feed]) => ({ name, ...feed }));
    const session = await host.createSession(graph.model, { constants });
    return { graph, weightVersion, session };
  }

  async #shrink(): Promise<void> {
    while (this.#entries.size > CAPACITY) {
      const [oldest, { session }] = this.#entries.entries().next().value!;
      this.#entries.delete(oldest);
      await this.#engine.host.releaseSession(session);
    }
  }
}
