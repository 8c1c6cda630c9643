/** Compiled graphs by layout and purpose; the least recently used is released when there are too many. */
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

/** What a cache may hold. */
export interface CacheLimits {
  readonly sessions: number;
  /** Bytes of all sessions together, by the estimates given to `use`. */
  readonly bytes: number;
  /**
   * Bytes that sessions keep from one run to the next beside the largest of them, by the same estimates. A session that finds no
   * room gives the memory back after each run, which makes it a little slower.
   */
  readonly kept: number;
}

/** Compiles on demand; what is held and kept is bounded. */
export class SessionCache {
  readonly #runtime: GraphRuntime;
  readonly #limits: CacheLimits;
  readonly #pool: SessionPool<Facts>;

  constructor(runtime: GraphRuntime, limits: CacheLimits) {
    this.#runtime = runtime;
    this.#limits = limits;
    this.#pool = new SessionPool(runtime);
  }

  /**
   * Works with the compiled graph under a key, which stays until the work is done.
   *
   * @param make builds the graph when it is not there.
   * @param bytes rough memory that its runs hold.
   * @param parts what else its session is made with; the key has to tell it.
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
      const keepMemory = this.#keptBeside(bytes) <= this.#limits.kept;
      const session = room.then(() =>
        this.#runtime.createSession(model, { kept, keepMemory, ...parts }),
      );
      return { session, facts: { graph, bytes, keepMemory } };
    };
    return this.#pool.use(key, create, (session, { graph }) => work({ session, ...graph }));
  }

  /** Bytes that sessions would keep if one more did, the largest left out: a run that fills the memory by itself may always keep it. */
  #keptBeside(bytes: number): number {
    const keeping = [...this.#pool.facts.values()].filter(({ keepMemory }) => keepMemory);
    const all = [bytes, ...keeping.map((facts) => facts.bytes)];
    return all.reduce((sum, one) => sum + one, 0) - Math.max(...all);
  }

  /** The least recently used that must go for another one to fit. */
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
