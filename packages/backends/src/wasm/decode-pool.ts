/**
 * Manages the decoding threads and their shared memory: the weights, once for all of them, and the caches of running generations. Rows of a
 * generation are independent of each other, so the threads take shares of the rows and decode them from the first kernel to the draw.
 */
import { Worker } from 'node:worker_threads';
import { LociError } from '@loci/core';
import type { TunedModel } from '../models/spec/model.ts';
import { ThreadCalls } from '../threads/thread-calls.ts';
import { MAX_PAGES, moduleOf } from './emit/module.ts';
import { Memory, Module } from './emit/web-assembly.ts';
import type { SharedMemory } from './emit/web-assembly.ts';
import { placesOf, mostRows, taskRows } from './generation-places.ts';
import type { DecodeShape, DecodeTask } from './generation-places.ts';
import { kernelsFor } from './kernels/index.ts';
import type {
  DecodeReply,
  DecodeRequest,
  DecodeWorkerSettings,
  WorkerGeneration,
} from './messages.ts';
import { firstGap } from './regions.ts';
import type { Region } from './regions.ts';
import { placeTape } from './tape/tape.ts';
import type { Tape } from './tape/tape.ts';
import { placeWeights, writeWeight } from './tape/place-weights.ts';
import type { PlacedWeights } from './tape/place-weights.ts';

const PAGE = 2 ** 16;

/** Pages for a number of bytes. */
function pagesOf(bytes: number): number {
  return Math.ceil(bytes / PAGE);
}

/** A generation in the memory. */
export interface HeldGeneration extends WorkerGeneration {
  readonly region: Region;
}

/** Starts, drives and ends the threads, and allocates their memory. */
export class DecodePool {
  readonly workers: number;
  readonly #memory: SharedMemory;
  readonly #shape: DecodeShape;
  readonly #weights: PlacedWeights;
  readonly #held = new Map<number, Region>();
  readonly #threads: readonly { readonly worker: Worker; readonly calls: ThreadCalls }[];
  #generations = 0;

  constructor({ model }: TunedModel, tape: Tape, workers: number) {
    const { decoder } = model;
    this.workers = workers;
    this.#weights = placeWeights(tape.parameters);
    const placed = placeTape(tape, (name) => this.#weights.entries.get(name)!.address);
    const { heads, kvHeads, headDim, layers, vocabularySize: vocabulary } = decoder;
    const attention = { heads, kvHeads, headDim, layers };
    this.#shape = { tape: placed, attention, vocabulary, workers };
    this.#memory = new Memory({
      initial: pagesOf(this.#weights.end),
      maximum: MAX_PAGES,
      shared: true,
    });
    const module = new Module(moduleOf(kernelsFor(tape.inputs, headDim)));
    const settings = { memory: this.#memory, module, tape: placed, attention, vocabulary };
    this.#threads = Array.from({ length: workers }, (_, worker) => startThread(settings, worker));
  }

  /** Writes a parameter's values to its place. */
  setWeight(name: string, values: Float32Array): void {
    writeWeight(this.#memory.buffer, this.#weights.entries.get(name)!, values);
  }

  /** Floats in the memory, from an address on. */
  floats(address: number, length: number): Float32Array {
    return new Float32Array(this.#memory.buffer, address, length);
  }

  /** Integers in the memory. */
  integers(address: number, length: number): Int32Array {
    return new Int32Array(this.#memory.buffer, address, length);
  }

  /** Bytes in the memory. */
  bytes(address: number, length: number): Uint8Array {
    return new Uint8Array(this.#memory.buffer, address, length);
  }

  /** Whether there is room for a task beside the running ones. */
  fits(task: DecodeTask): boolean {
    return this.#regionFor(task).end <= MAX_PAGES * PAGE;
  }

  /**
   * Allocates memory for a generation and announces it to the threads.
   *
   * @throws LociError `out-of-memory` when it does not fit into 2 GiB.
   */
  async begin(task: DecodeTask): Promise<HeldGeneration> {
    const region = this.#regionFor(task);
    const missing = pagesOf(region.end) - this.#memory.buffer.byteLength / PAGE;
    if (missing > 0) this.#grow(missing);
    const id = this.#generations++;
    this.#held.set(id, region);
    const generation: WorkerGeneration = {
      id,
      places: placesOf(task, this.#shape, region.start).places,
      mostRows: mostRows(task, this.workers),
      rows: taskRows(task),
      completions: task.completions,
      promptTokens: task.promptTokens,
      promptLength: task.promptLength,
      maxNewTokens: task.maxNewTokens,
      draw: task.draw,
    };
    const { zeros, prompt } = generation.places;
    this.bytes(zeros, prompt[0]!.key - zeros).fill(0);
    try {
      await this.#askAll({ kind: 'begin', generation });
    } catch (error) {
      this.#held.delete(id);
      throw error;
    }
    return { ...generation, region };
  }

  /**
   * Runs steps for rows that have not ended; returns the most steps of any row. A thread that has to wait for a core, because films are
   * read meanwhile, takes fewer shares than the others.
   *
   * @param rows in ascending order.
   */
  async decode(
    { id, places }: HeldGeneration,
    rows: readonly number[],
    request: { readonly made: number; readonly from: number; readonly steps: number },
  ): Promise<number> {
    const shares = sharesOf(rows, this.workers);
    this.integers(places.taken, 1)[0] = 0;
    const asked = this.#threads
      .slice(0, shares.length)
      .map(({ calls }) => ask(calls, { kind: 'decode', generation: id, shares, ...request }));
    return Math.max(...((await Promise.all(asked)) as number[]));
  }

  /** Frees the memory of a generation. */
  async end({ id }: HeldGeneration): Promise<void> {
    this.#held.delete(id);
    await this.#askAll({ kind: 'end', generation: id });
  }

  /** Ends the threads and frees the memory. */
  async dispose(): Promise<void> {
    for (const { calls } of this.#threads) calls.stop('was disposed');
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
  }

  async #askAll(request: DecodeRequest): Promise<void> {
    await Promise.all(this.#threads.map(({ calls }) => ask(calls, request)));
  }

  #regionFor(task: DecodeTask): Region {
    const size = placesOf(task, this.#shape, 0).end;
    const start = firstGap(this.#held.values(), size, this.#weights.end);
    return { start, end: start + size };
  }

  #grow(pages: number): void {
    try {
      this.#memory.grow(pages);
    } catch (cause) {
      throw new LociError(
        'out-of-memory',
        `not enough memory for generation in WebAssembly (${pages * PAGE} bytes more): lower sampler.completionsPerPrompt or maxNewTokens, or set policy.decoder to onnx`,
        { cause },
      );
    }
  }
}

/** Fewest rows of a share where a thread takes several. Each share reads all weights once a step, and the kernels take four rows at once. */
const FEWEST_ROWS = 16;

/** Cuts rows into equal shares, as many for each worker; no share is empty. */
function sharesOf(rows: readonly number[], workers: number): readonly (readonly number[])[] {
  const each = Math.max(1, Math.floor(rows.length / (workers * FEWEST_ROWS)));
  const count = Math.min(rows.length, each * workers);
  const cut = (share: number) => Math.floor((rows.length * share) / count);
  return Array.from({ length: count }, (_, share) => rows.slice(cut(share), cut(share + 1)));
}

function ask(calls: ThreadCalls, request: DecodeRequest): Promise<unknown> {
  return calls.ask({ request });
}

function startThread(settings: DecodeWorkerSettings, index: number) {
  const worker = new Worker(new URL('./worker/decode-worker.mjs', import.meta.url), {
    workerData: { settings, worker: index },
  });
  const calls = new ThreadCalls(worker, 'a decoding worker');
  worker.on('message', ({ id, value, error }: DecodeReply) => {
    const failure = () =>
      new LociError('engine-failed', `generation in WebAssembly failed: ${error}`);
    calls.settle(id, error === undefined ? { value } : { error: failure() });
  });
  worker.on('error', (error) => calls.stop(`crashed: ${error.message}`, error));
  worker.on('exit', (code) => calls.stop(`ended with code ${code}`));
  return { worker, calls };
}
