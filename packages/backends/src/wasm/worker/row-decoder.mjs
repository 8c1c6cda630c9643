// @ts-check
/** Decodes one worker's rows of a generation: draws their tokens and runs the model on them, step by step. */
import { attentionOf } from './attention.mjs';
import { TokenDrawer } from './draw.mjs';
import { tapeRunner } from './tape-runner.mjs';

/** @typedef {import('../messages.ts').DecodeWorkerSettings} DecodeWorkerSettings */
/** @typedef {import('../messages.ts').WorkerGeneration} WorkerGeneration */
/** @typedef {import('../messages.ts').DecodeRequest} DecodeRequest */

/** One worker's part of a generation. */
export class RowDecoder {
  #generation;
  #vocabulary;
  #width;
  #floats;
  #ints;
  #bytes;
  #drawer;
  #runTape;
  #logits;
  #half;
  #stops;

  /**
   * @param {import('./kernels.mjs').Kernels} kernels
   * @param {DecodeWorkerSettings} settings
   * @param {WorkerGeneration} generation
   * @param {number} worker number of this worker.
   */
  constructor(kernels, { memory, tape, attention, vocabulary }, generation, worker) {
    const { buffer } = memory;
    const { places, mostRows } = generation;
    const scratch = /** @type {import('../messages.ts').WorkerScratch} */ (places.scratch[worker]);
    const addressOf = (/** @type {number} */ place) => scratch.values + 4 * place * mostRows;
    this.#generation = generation;
    this.#vocabulary = vocabulary;
    this.#width = Math.ceil(vocabulary / 4) * 4;
    this.#floats = new Float32Array(buffer);
    this.#ints = new Int32Array(buffer);
    this.#bytes = new Uint8Array(buffer);
    this.#half = attention.headDim / 2;
    this.#stops = new Set(generation.draw.stopTokenIds);
    this.#logits = addressOf(tape.logits);
    this.#drawer = new TokenDrawer(kernels, buffer, vocabulary, generation.draw, scratch.draw);
    this.#runTape = tapeRunner(tape.steps, {
      kernels,
      buffer,
      addressOf,
      zeros: places.zeros,
      cos: places.cos,
      sin: places.sin,
      attend: attentionOf(kernels, attention, generation, scratch),
    });
  }

  /**
   * Takes shares of a request until none is left; returns the most steps of any row.
   *
   * @param {DecodeRequest & { kind: 'decode' }} request
   */
  decode({ shares, ...request }) {
    const taken = this.#generation.places.taken / 4;
    let most = 0;
    for (;;) {
      const share = shares[Atomics.add(this.#ints, taken, 1)];
      if (!share) return most;
      most = Math.max(most, this.#decodeShare(share, request));
    }
  }

  /**
   * Runs steps until all are done or every row has ended; returns their number.
   *
   * @param {readonly number[]} rows
   * @param {{ readonly made: number, readonly from: number, readonly steps: number }} request
   */
  #decodeShare(rows, { made, from, steps }) {
    const { maxNewTokens, completions, promptTokens } = this.#generation;
    let live = rows;
    this.#carryLogits(live, 'in');
    for (let step = 0; step < steps; step++) {
      const tokens = this.#drawAll(live, from + step);
      const going = live.flatMap((_, index) =>
        this.#stops.has(/** @type {number} */ (tokens[index])) ? [] : [index],
      );
      live = going.map((index) => /** @type {number} */ (live[index]));
      if (live.length === 0 || made + step + 1 === maxNewTokens) return step + 1;
      const table = (from + step) * promptTokens.length;
      this.#runTape({
        rows: live,
        tokens: going.map((index) => /** @type {number} */ (tokens[index])),
        made: made + step,
        tableAt: (row) => 4 * this.#half * (table + Math.floor(row / completions)),
      });
    }
    this.#carryLogits(live, 'out');
    return steps;
  }

  /** Draws a token for each of the rows and stores it. @param {readonly number[]} rows @param {number} step */
  #drawAll(rows, step) {
    const { places, rows: all } = this.#generation;
    const vocabulary = this.#vocabulary;
    return rows.map((row, index) => {
      const at = step * all + row;
      const logits = this.#logits + 4 * index * this.#width;
      const start = (places.seen ?? 0) + row * vocabulary;
      const seen =
        places.seen === undefined ? undefined : this.#bytes.subarray(start, start + vocabulary);
      const uniform = /** @type {number} */ (this.#floats[places.uniforms / 4 + at]);
      if (places.stepLogits !== undefined) {
        const to = places.stepLogits / 4 + at * vocabulary;
        this.#floats.copyWithin(to, logits / 4, logits / 4 + vocabulary);
      }
      const token = this.#drawer.draw(logits, uniform, seen);
      if (seen) seen[token] = 1;
      this.#ints[places.tokens / 4 + at] = token;
      this.#floats[places.logProbs / 4 + at] = this.#drawer.logProb;
      return token;
    });
  }

  /**
   * Loads the logits of rows into the scratch, or saves them for the worker that continues them.
   *
   * @param {readonly number[]} rows
   * @param {'in' | 'out'} way
   */
  #carryLogits(rows, way) {
    const width = this.#width;
    rows.forEach((row, index) => {
      const kept = this.#generation.places.logits / 4 + row * width;
      const own = this.#logits / 4 + index * width;
      const [from, to] = way === 'in' ? [kept, own] : [own, kept];
      this.#floats.copyWithin(to, from, from + width);
    });
  }
}
