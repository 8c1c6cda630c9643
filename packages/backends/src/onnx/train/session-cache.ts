/** Compiled graphs by layout and purpose; the least recently used is released when there are too many. */
import type { GraphHost, SessionHandle } from '../graph-host.ts';
import type { ModelGraph } from './model-graphs.ts';

/** A compiled graph. */
export interface CompiledGraph extends Omit<ModelGraph, 'model'> {
  readonly session: SessionHandle;
}

interface Entry {
  readonly compiled: Promise<CompiledGraph>;
  readonly bytes: number;
}

/** What a cache may hold. */
export interface CacheLimits {
  readonly sessions: number;
  /** Bytes of all sessions together, by the estimates given to `obtain`. */
  readonly bytes: number;
}

/** Runs up to this size keep their memory. */
const KEPT_RUN_BYTES = 2 ** 28;

/** Compiles on demand. A session keeps the memory of its runs, so what is kept is bounded in number and bytes. */
export class SessionCache {
  readonly #host: GraphHost;
  readonly #limits: CacheLimits;
  readonly #entries = new Map<string, Entry>();

  constructor(host: GraphHost, limits: CacheLimits) {
    this.#host = host;
    this.#limits = limits;
  }

  /**
   * The compiled graph under a key, built by `make` when it is not there.
   *
   * @param bytes rough memory that its runs hold.
   */
  async obtain(key: string, make: () => ModelGraph, bytes: number): Promise<CompiledGraph> {
    const existing = this.#entries.get(key);
    if (existing) {
      this.#entries.delete(key);
      this.#entries.set(key, existing);
      return existing.compiled;
    }
    const evicted = this.#makeRoom(bytes);
    const compiled = this.#compile(make, evicted, bytes <= KEPT_RUN_BYTES);
    this.#entries.set(key, { compiled, bytes });
    compiled.catch(() => this.#entries.delete(key));
    return compiled;
  }

  /** Takes out the least recently used until another one fits. */
  #makeRoom(bytes: number): Promise<CompiledGraph>[] {
    const evicted: Promise<CompiledGraph>[] = [];
    let held = [...this.#entries.values()].reduce((sum, entry) => sum + entry.bytes, bytes);
    for (const [key, entry] of this.#entries) {
      if (this.#entries.size < this.#limits.sessions && held <= this.#limits.bytes) break;
      this.#entries.delete(key);
      held -= entry.bytes;
      evicted.push(entry.compiled);
    }
    return evicted;
  }

  async #compile(
    make: () => ModelGraph,
    evicted: readonly Promise<CompiledGraph>[],
    keepMemory: boolean,
  ): Promise<CompiledGraph> {
    for (const other of evicted) await this.#host.releaseSession((await other).session);
    const { model, ...rest } = make();
    const { kept = [] } = rest;
    return { session: await this.#host.createSession(model, { kept, keepMemory }), ...rest };
  }
}
