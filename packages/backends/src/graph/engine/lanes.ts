/**
 * Runs one batch in lanes, in parallel and each with a few threads of its own. Two runs of one thread keep two cores busy, where in one run
 * of two threads they wait for each other at every small operation. The first lane is the engine's runtime. The others hold copies of the
 * weights that their runs read, and their gradients are added to the engine's after each batch.
 */
import type { GraphRuntime } from './graph-runtime.ts';
import { STORE } from './optimizer.ts';
import type { CompiledGraph, SessionCache } from './session-cache.ts';
import type { ModelGraph } from './model-graphs.ts';

/** The settings of lanes. */
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

/** A graph for a lane, by its key, and the estimated memory of its runs. */
export interface LaneGraph {
  readonly key: string;
  readonly make: () => ModelGraph;
  readonly bytes: number;
}

/** A place for runs of a batch. */
export interface Lane {
  /** Its runtime, which starts on first use. */
  readonly runtime: GraphRuntime;
  /** Calls `work` with a compiled graph of this lane. */
  use<Result>(
    graph: LaneGraph,
    work: (compiled: CompiledGraph) => Promise<Result>,
  ): Promise<Result>;
  /** Makes the stored tensors of a run available in the lane. @param versions by name; a tensor with a new version is copied again. */
  bring(versions: ReadonlyMap<string, number>): Promise<void>;
  /** Adds the lane's gradients to the engine's; the lane's are zeros afterwards. */
  bringGradients(): Promise<void>;
  /** Drops the lane's gradients. */
  dropGradients(): Promise<void>;
  dispose(): Promise<void>;
}

/** The engine's own runtime as a lane, which has all tensors already. @param threads Default: those of the runtime. */
export function homeLane(runtime: GraphRuntime, sessions: SessionCache, threads?: number): Lane {
  return {
    runtime,
    use: ({ key, make, bytes }, work) =>
      threads === undefined
        ? sessions.use(key, make, bytes, work)
        : sessions.use(`${threads} threads: ${key}`, make, bytes, work, { threads }),
    bring: async () => {},
    bringGradients: async () => {},
    // The caller that accumulates gradients drops those of a failed batch.
    dropGradients: async () => {},
    dispose: () => runtime.dispose(),
  };
}

/** Stored tensors that hold a value for every trained weight. */
const WHOLE: ReadonlySet<string> = new Set([STORE.current, STORE.start]);

/** A runtime with its cached sessions. */
interface LaneRuntime {
  readonly runtime: GraphRuntime;
  readonly sessions: SessionCache;
}

/** An additional lane. It starts with its first run. Both runtimes keep tensors on the host, where threads can share memory. */
export class SideLane implements Lane {
  readonly #start: () => LaneRuntime;
  readonly #home: GraphRuntime;
  readonly #size: number;
  readonly #held = new Map<string, number>();
  /** What passes between the lanes: a copy of the weights, or gradients. */
  #passed: Float32Array | undefined;
  #started: LaneRuntime | undefined;
  #hasRoom = false;

  /** @param home the runtime to copy tensors from. @param size elements of the gradients. */
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
      await this.#fetch(name);
      this.#held.set(name, version);
    }
    if (this.#hasRoom) return;
    await this.runtime.zeros(STORE.gradient, this.#size);
    this.#hasRoom = true;
  }

  async bringGradients(): Promise<void> {
    if (!this.#hasRoom) return;
    await this.runtime.shared!.read(STORE.gradient, this.#passing);
    await this.#home.shared!.add(STORE.gradient, this.#passing);
    await this.dropGradients();
  }

  /** Copies a tensor of the engine. */
  async #fetch(name: string): Promise<void> {
    if (!WHOLE.has(name)) return this.runtime.give(name, await this.#home.get(name));
    await this.#home.shared!.read(name, this.#passing);
    await this.runtime.shared!.write(name, this.#passing);
  }

  /** Memory for all trained weights, which both runtimes see. */
  get #passing(): Float32Array {
    return (this.#passed ??= new Float32Array(new SharedArrayBuffer(4 * this.#size)));
  }

  async dropGradients(): Promise<void> {
    if (this.#hasRoom) await this.runtime.fill(STORE.gradient, 0);
  }

  async dispose(): Promise<void> {
    await this.#started?.runtime.dispose();
  }
}

/**
 * Memory of a run in one of several lanes at most, by its estimate. Lanes are for small models, whose products of a thousand rows are as
 * fast as those of more: 80 steps of the default run took 32.6 s with a peak of 883 MiB, and 32.8 s with 1010 MiB without this limit.
 */
const MOST_IN_LANE = 120 * 2 ** 20;

/** Bytes that a run may take. @param limit for all runs that take place at once. */
export function mostRunBytes(limit: number, lanes: number): number {
  return lanes === 1 ? limit : Math.min(limit / lanes, MOST_IN_LANE);
}

/**
 * Deals runs out to lanes, each to the one with the least work so far. The costs alone decide, so that a batch is always dealt, and its
 * gradients always summed, in the same way.
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
 * Does the work of all lanes in parallel and waits for all of them, also when one fails.
 *
 * @throws the error of the first lane that failed.
 */
export async function allLanes(work: readonly Promise<void>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(work)) {
    if (outcome.status === 'rejected') throw outcome.reason;
  }
}
