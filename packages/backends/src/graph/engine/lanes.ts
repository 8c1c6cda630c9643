/**
 * Lanes: the runs of one batch beside each other, each lane with a few threads of its own. Two runs of one thread keep two cores busy
 * where one run of two threads has them wait for each other at every small operation. The first lane is the engine's runtime; the
 * others hold copies of the weights that their runs read, and gradients that are added to the engine's when a batch is done.
 */
import type { GraphRuntime } from './graph-runtime.ts';
import { STORE } from './optimizer.ts';
import type { CompiledGraph, SessionCache } from './session-cache.ts';
import type { ModelGraph } from './model-graphs.ts';

/** Lanes beside the engine's runtime. */
export interface LaneChoice {
  /** Lanes in all, the runtime's own among them. */
  readonly count: number;
  /** Threads of a run on a lane; absent: those of the runtime. */
  readonly threads: number | undefined;
  /** Starts the runtime of another lane, on the host. */
  open(): GraphRuntime;
}

/** All runs one after another. */
export const ONE_LANE: LaneChoice = {
  count: 1,
  threads: undefined,
  open: () => {
    throw new Error('there is one lane');
  },
};

/** What a lane runs: a graph by its key, and the rough memory that its runs hold. */
export interface LaneGraph {
  readonly key: string;
  readonly make: () => ModelGraph;
  readonly bytes: number;
}

/** Where the runs of a batch may go. */
export interface Lane {
  /** Starts when it is first asked for. */
  readonly runtime: GraphRuntime;
  /** Works with a compiled graph of this lane. */
  use<Result>(
    graph: LaneGraph,
    work: (compiled: CompiledGraph) => Promise<Result>,
  ): Promise<Result>;
  /** Sees to it that the lane has the stored tensors of a run. @param versions by name; a tensor whose version changed is copied anew. */
  bring(versions: ReadonlyMap<string, number>): Promise<void>;
  /** Adds the lane's gradients to the engine's; the lane's are zeros afterwards. */
  bringGradients(): Promise<void>;
  /** Drops the lane's gradients. */
  dropGradients(): Promise<void>;
  dispose(): Promise<void>;
}

/** The engine's own runtime as a lane: everything is there already. @param threads Default: those of the runtime. */
export function homeLane(runtime: GraphRuntime, sessions: SessionCache, threads?: number): Lane {
  return {
    runtime,
    use: ({ key, make, bytes }, work) =>
      threads === undefined
        ? sessions.use(key, make, bytes, work)
        : sessions.use(`${threads} threads: ${key}`, make, bytes, work, { threads }),
    bring: async () => {},
    bringGradients: async () => {},
    // What a failed batch leaves is for whoever accumulates gradients to drop.
    dropGradients: async () => {},
    dispose: () => runtime.dispose(),
  };
}

/** A runtime with the sessions that it keeps. */
interface LaneRuntime {
  readonly runtime: GraphRuntime;
  readonly sessions: SessionCache;
}

/** A lane beside the engine's. Its runtime keeps tensors on the host; it starts with its first run. */
export class SideLane implements Lane {
  readonly #start: () => LaneRuntime;
  readonly #home: GraphRuntime;
  readonly #size: number;
  readonly #held = new Map<string, number>();
  #started: LaneRuntime | undefined;
  #hasRoom = false;

  /** @param home where the tensors come from. @param size elements of the gradients. */
  constructor(start: () => LaneRuntime, home: GraphRuntime, size: number) {
    this.#start = start;
    this.#home = home;
    this.#size = size;
  }

  get #own(): LaneRuntime {
    return (this.#started ??= this.#start());
  }

  get runtime(): GraphRuntime {
    return this.#own.runtime;
  }

  use<Result>(
    { key, make, bytes }: LaneGraph,
    work: (compiled: CompiledGraph) => Promise<Result>,
  ): Promise<Result> {
    return this.#own.sessions.use(key, make, bytes, work);
  }

  async bring(versions: ReadonlyMap<string, number>): Promise<void> {
    for (const [name, version] of versions) {
      if (this.#held.get(name) === version) continue;
      await this.runtime.give(name, await this.#home.get(name));
      this.#held.set(name, version);
    }
    if (this.#hasRoom) return;
    await this.runtime.zeros(STORE.gradient, this.#size);
    this.#hasRoom = true;
  }

  async bringGradients(): Promise<void> {
    if (!this.#hasRoom) return;
    await this.#home.inPlace!.add(STORE.gradient, await this.runtime.get(STORE.gradient));
    await this.dropGradients();
  }

  async dropGradients(): Promise<void> {
    if (this.#hasRoom) await this.runtime.fill(STORE.gradient, 0);
  }

  async dispose(): Promise<void> {
    await this.#started?.runtime.dispose();
  }
}

/**
 * Deals runs out to lanes, each to the one that has the least to do so far. The costs alone decide, so that a batch is always dealt,
 * and its gradients always added up, alike.
 *
 * @param costs of the runs, in the order in which they are dealt. @returns for each lane the indices of its runs.
 */
export function dealRuns(costs: readonly number[], lanes: number): readonly (readonly number[])[] {
  const dealt = Array.from({ length: lanes }, () => ({ runs: [] as number[], cost: 0 }));
  costs.forEach((cost, run) => {
    const idlest = dealt.reduce((least, lane) => (lane.cost < least.cost ? lane : least));
    idlest.runs.push(run);
    idlest.cost += cost;
  });
  return dealt.map(({ runs }) => runs);
}

/**
 * Does the work of all lanes at once and waits for every one of them, also when one fails.
 *
 * @throws what the first lane that failed did.
 */
export async function allLanes(work: readonly Promise<void>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(work)) {
    if (outcome.status === 'rejected') throw outcome.reason;
  }
}
