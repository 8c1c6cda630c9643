/** Caches compiled graphs by layout and purpose, and releases the least recently used. */
import type { GraphRuntime, SessionHandle, SessionParts } from './graph-runtime.ts';
import { SessionPool } from './session-pool.ts';
import type { ModelGraph } from './model-graphs.ts';

/** A compiled graph. */
export interface CompiledGraph extends Omit<ModelGraph, 'model'> {
  readonly session: SessionHandle;
}

interface Facts {
  readonly graph: Omit<ModelGraph, 'model'>;
  readonly bytes: number;
  readonly keepMemory: boolean;
}

/** The limits of a cache. */
export interface CacheLimits {
  readonly sessions: number;
  /** Bytes of all sessions together, by the estimates given to `use`. */
  readonly bytes: number;
  /**
   * Bytes that sessions keep from one run to the next beside the largest of them, by the same estimates. A session beyond it frees the
   * memory after each run, which makes it a little slower. Absent: all of them do.
   */
  readonly kept?: number;
}

/** Compiles on demand, within limits of memory and number. */
export class SessionCache {
  readonly #runtime: GraphRuntime;
  readonly #limits: CacheLimits;
  readonly #parts: Pick<SessionParts, 'optimize'>;
  readonly #pool: SessionPool<Facts>;

  /** @param parts settings of every session. */
  constructor(
    runtime: GraphRuntime,
    limits: CacheLimits,
    parts: Pick<SessionParts, 'optimize'> = {},
  ) {
    this.#runtime = runtime;
    this.#limits = limits;
    this.#parts = parts;
    this.#pool = new SessionPool(runtime);
  }

  /**
   * Calls `work` with the compiled graph of a key, which stays until the work is done.
   *
   * @param make builds the graph when it is not cached.
   * @param bytes estimated memory of its runs.
   * @param parts other settings of its session, which the key must cover.
   */
  use<Result>(
    key: string,
    make: () => ModelGraph,
    bytes: number,
    work: (compiled: CompiledGraph) => Promise<Result>,
    parts: Pick<SessionParts, 'threads'> = {},
  ): Promise<Result> {
    const create = () => {
      const { model, ...graph } = make();
      const { kept = [] } = graph;
      const room = this.#pool.remove(this.#surplus(bytes));
      const { kept: mostKept } = this.#limits;
      const keepMemory = mostKept !== undefined && this.#keptBeside(bytes) <= mostKept;
      const session = room.then(() =>
        this.#runtime.createSession(model, { kept, keepMemory, ...this.#parts, ...parts }),
      );
      return { session, facts: { graph, bytes, keepMemory } };
    };
    return this.#pool.use(key, create, (session, { graph }) => work({ session, ...graph }));
  }

  /** Bytes that sessions would keep with one more, without the largest: a run that fills the memory by itself may always keep it. */
  #keptBeside(bytes: number): number {
    const keeping = [...this.#pool.facts.values()].filter(({ keepMemory }) => keepMemory);
    const all = [bytes, ...keeping.map((facts) => facts.bytes)];
    return all.reduce((sum, one) => sum + one, 0) - Math.max(...all);
  }

  /** The least recently used sessions to release for another one to fit. */
  #surplus(bytes: number): readonly string[] {
    const held = [...this.#pool.facts];
    let total = held.reduce((sum, [, facts]) => sum + facts.bytes, bytes);
    const gone: string[] = [];
    for (const [key, facts] of held) {
      if (held.length - gone.length < this.#limits.sessions && total <= this.#limits.bytes) break;
      total -= facts.bytes;
      gone.push(key);
    }
    return gone;
  }
}
