/**
 * Generates on Loci's own WebAssembly kernels (`../../wasm`): a graph reads the prompts as always, then threads that hold the weights in
 * place generate every token. Tokens need no graph, and changed weights no new session.
 */
import type { Tape } from '../../wasm/tape/tape.ts';
import { DecodePool } from '../../wasm/decode-pool.ts';
import type { HeldGeneration } from '../../wasm/decode-pool.ts';
import type { DecodeTask } from '../../wasm/generation-places.ts';
import { padded } from '../../wasm/tape/tape.ts';
import { stepTables, stepUniforms } from '../../engine/generation.ts';
import type { GeneratedChunk, Generation } from '../../engine/generation.ts';
import { GenerationRows } from '../../engine/generation-rows.ts';
import type { GraphEngine } from '../engine/graph-engine.ts';
import { frozenStore } from '../engine/optimizer.ts';
import { cacheNames } from './caches.ts';
import { prefill } from './prefill.ts';

/** Steps after which the remaining rows are redistributed among the threads. */
const STEPS_BETWEEN_SHARES = 16;

/** Generates for one engine. The threads start with the first generation. */
export class TapeGenerator {
  readonly #engine: GraphEngine;
  readonly #tape: Tape;
  readonly #threads: number;
  #pool: DecodePool | undefined;
  #frozen: Promise<void> | undefined;
  #written: { readonly version: number; readonly done: Promise<void> } | undefined;

  constructor(engine: GraphEngine, tape: Tape, threads: number) {
    this.#engine = engine;
    this.#tape = tape;
    this.#threads = threads;
  }

  /** Yields chunks until every row has ended or reached its limit. Leaving the loop frees its memory. */
  async *generate(generation: Generation): AsyncGenerator<GeneratedChunk> {
    const pool = this.#started();
    await this.#writeWeights(pool);
    const held = await this.#read(pool, generation);
    try {
      yield* this.#chunks(pool, held, generation);
    } finally {
      await pool.end(held);
    }
  }

  /** Whether the memory of the threads has room for it. */
  fits(generation: Generation): boolean {
    return this.#started().fits(taskOf(generation));
  }

  /** Ends the threads. */
  async dispose(): Promise<void> {
    await this.#pool?.dispose();
  }

  #started(): DecodePool {
    return (this.#pool ??= new DecodePool(this.#engine, this.#tape, this.#threads));
  }

  async *#chunks(
    pool: DecodePool,
    held: HeldGeneration,
    generation: Generation,
  ): AsyncGenerator<GeneratedChunk> {
    const { model, settings } = this.#engine;
    const { vocabularySize } = model.decoder;
    const { sampling, padTokenId } = generation;
    const { places } = held;
    const rows = new GenerationRows(generation, vocabularySize);
    if (rows.seen && places.seen !== undefined) {
      pool.bytes(places.seen, rows.seen.length).set(rows.seen);
    }
    for (let made = 0; made < sampling.maxNewTokens && !rows.allFinished;) {
      const most = Math.min(generation.chunkTokens, sampling.maxNewTokens - made);
      const alone = { ...generation, completions: 1 };
      const { cos, sin } = stepTables(alone, model, settings.positionRule, made, most);
      pool.floats(places.cos, cos.data.length).set(cos.data);
      pool.floats(places.sin, sin.data.length).set(sin.data);
      const uniforms = stepUniforms(generation, made, most);
      pool.floats(places.uniforms, uniforms.length).set(uniforms);
      const tokenIds = pool.integers(places.tokens, uniforms.length).fill(padTokenId);
      const logProbs = pool.floats(places.logProbs, uniforms.length).fill(0);
      let steps = 0;
      while (steps < most && !rows.allFinished) {
        const live = [...rows.finished.keys()].filter((row) => rows.finished[row] === 0);
        const now = Math.min(STEPS_BETWEEN_SHARES, most - steps);
        const request = { made: made + steps, from: steps, steps: now };
        const before = steps * held.rows;
        steps += await pool.decode(held, live, request);
        rows.advance(tokenIds.slice(before, steps * held.rows));
      }
      made += steps;
      const count = steps * held.rows;
      yield {
        tokenIds: tokenIds.slice(0, count),
        logProbs: logProbs.slice(0, count),
        steps,
        ...(places.stepLogits === undefined
          ? {}
          : { logits: pool.floats(places.stepLogits, count * vocabularySize).slice() }),
      };
    }
  }

  /** Reads the prompts and copies logits, keys and values into the memory of the threads. */
  async #read(pool: DecodePool, generation: Generation): Promise<HeldGeneration> {
    const { vocabularySize, layers } = this.#engine.model.decoder;
    const names = cacheNames('prompt', layers);
    const fetches = Object.fromEntries(
      ['logits', ...names].map((name) => [name, 'return'] as const),
    );
    const outputs = await prefill(this.#engine, generation, fetches);
    const dataOf = (name: string) => outputs[name]!.data as Float32Array;
    const held = await pool.begin(taskOf(generation));
    const addresses = held.places.prompt.flatMap(({ key, value }) => [key, value]);
    names.forEach((name, index) => {
      const data = dataOf(name);
      pool.floats(addresses[index]!, data.length).set(data);
    });
    const width = padded(vocabularySize);
    const logits = dataOf('logits');
    for (let row = 0; row < held.rows; row++) {
      const own = logits.subarray(row * vocabularySize, (row + 1) * vocabularySize);
      pool.floats(held.places.logits + 4 * row * width, vocabularySize).set(own);
    }
    return held;
  }

  /** Copies the weights that have changed since the last copy. */
  async #writeWeights(pool: DecodePool): Promise<void> {
    const { weightVersion: version } = this.#engine;
    await (this.#frozen ??= this.#writeFrozen(pool));
    if (this.#written?.version !== version) {
      this.#written = { version, done: this.#writeTrained(pool) };
    }
    await this.#written.done;
  }

  async #writeTrained(pool: DecodePool): Promise<void> {
    const read = new Set(this.#tape.parameters.map(({ name }) => name));
    const weights = await this.#engine.lookAtWeights();
    for (const { name, offset, size } of this.#engine.arena.entries) {
      if (read.has(name)) pool.setWeight(name, weights.subarray(offset, offset + size));
    }
  }

  async #writeFrozen(pool: DecodePool): Promise<void> {
    const read = new Set(this.#tape.parameters.map(({ name }) => name));
    for (const { name } of this.#engine.arena.frozen) {
      if (!read.has(name)) continue;
      pool.setWeight(name, (await this.#engine.runtime.get(frozenStore(name))) as Float32Array);
    }
  }
}

function taskOf(generation: Generation): DecodeTask {
  const { prompts, layout, completions, sampling, chunkTokens, stopTokenIds, withLogits } =
    generation;
  const { temperature, topP, topK, repetitionPenalty, maxNewTokens } = sampling;
  return {
    promptTokens: prompts.map(({ tokenIds }) => tokenIds.length),
    promptLength: layout.promptLength,
    completions,
    maxNewTokens,
    chunkSteps: Math.min(chunkTokens, maxNewTokens),
    draw: { temperature, topP, topK, repetitionPenalty, stopTokenIds },
    withLogits,
  };
}
