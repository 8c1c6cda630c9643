// @ts-check
/**
 * Draws tokens from logits in the shared memory, with the same distributions and the same choice as `engine/sampling/filter.ts`, which the
 * tests compare it with. It does not sort the vocabulary: tokens go into bins by their logits, and only the bin with the border of top-p or
 * top-k is sorted.
 */

/** @typedef {import('../messages.ts').DrawSettings} DrawSettings */
/** @typedef {import('./kernels.mjs').Kernels} Kernels */

/** The number of bins, and of bins for a difference of 1 in logits. Logits further from the largest one go into the last bin. */
const BINS = 1024;
const BINS_PER_UNIT = 40;

/** Bytes of a row of numbers, with room for four more. @param {number} vocabulary */
function rowBytes(vocabulary) {
  return 16 * (Math.ceil(vocabulary / 4) + 1);
}

/** Bytes of a drawer's scratch. @param {number} vocabulary */
export function drawBytes(vocabulary) {
  return 5 * rowBytes(vocabulary) + 8 * (BINS + 2);
}

/** Draws for one generation; `logProb` is that of the last token. */
export class TokenDrawer {
  /** `log softmax(logits / temperature)` of the token, at temperature 1 for greedy draws. */
  logProb = 0;
  #kernels;
  #settings;
  #floats;
  /** The current logits, their weights `e^((logit − largest) / temperature)`, and the tokens' bins. */
  #places;
  #logits;
  #weights;
  #sums;
  #picked;
  /** The last token that is kept: its logit and id. */
  #cutLogit = 0;
  #cutId = 0;
  /** Sum of the measures of the kept tokens. */
  #kept = 0;
  /** @type {(a: number, b: number) => number} */
  #byRank;

  /**
   * @param {Kernels} kernels
   * @param {ArrayBufferLike} buffer the memory of the kernels.
   * @param {number} vocabulary
   * @param {DrawSettings} settings
   * @param {number} scratch address of `drawBytes` bytes, a multiple of 16.
   */
  constructor(kernels, buffer, vocabulary, settings, scratch) {
    const at = (/** @type {number} */ row) => scratch + row * rowBytes(vocabulary);
    const places = {
      logits: at(0),
      weights: at(1),
      bins: at(2),
      ones: at(3),
      picked: at(4),
      sums: at(5),
    };
    const logits = new Float32Array(buffer, places.logits, vocabulary);
    const logitOf = (/** @type {number} */ id) => /** @type {number} */ (logits[id]);
    this.#kernels = kernels;
    this.#settings = settings;
    this.#floats = new Float32Array(buffer);
    this.#places = places;
    this.#logits = logits;
    this.#weights = new Float32Array(buffer, places.weights, vocabulary);
    this.#picked = new Int32Array(buffer, places.picked, vocabulary);
    this.#sums = new Float64Array(buffer, places.sums, BINS + 1);
    this.#byRank = (a, b) => logitOf(b) - logitOf(a) || a - b;
    new Float32Array(buffer, places.ones, vocabulary).fill(1);
  }

  /**
   * The token whose share of [0, 1) holds the number.
   *
   * @param {number} logits address.
   * @param {number} uniform
   * @param {Uint8Array} [seen] 1 for tokens of the context; read when repetition is penalized.
   * @returns {number}
   */
  draw(logits, uniform, seen) {
    const { temperature, repetitionPenalty } = this.#settings;
    const vocabulary = this.#logits.length;
    const factor = 1 / (temperature || 1);
    this.#floats.copyWithin(this.#places.logits / 4, logits / 4, logits / 4 + vocabulary);
    const [largest, total] = this.#weigh(factor);
    let [most, mass] = [largest, total];
    if (repetitionPenalty !== 1 && seen) {
      this.#penalize(seen, repetitionPenalty);
      [most, mass] = this.#weigh(factor);
    }
    const token = this.#choose(most, mass, uniform);
    const logit = /** @type {number} */ (this.#floats[logits / 4 + token]);
    this.logProb = (logit - largest) * factor - Math.log(total);
    return token;
  }

  /** The largest current logit, and the sum of all weights. @param {number} factor @returns {[number, number]} */
  #weigh(factor) {
    const { logits, weights } = this.#places;
    const count = this.#logits.length;
    const largest = this.#kernels.largest(logits, count);
    return [largest, this.#kernels.weights(logits, weights, count, largest, factor)];
  }

  /** @param {Uint8Array} seen @param {number} penalty */
  #penalize(seen, penalty) {
    const logits = this.#logits;
    for (let id = 0; id < logits.length; id++) {
      if (seen[id] !== 1) continue;
      const logit = /** @type {number} */ (logits[id]);
      logits[id] = logit > 0 ? logit / penalty : logit * penalty;
    }
  }

  /** @param {number} most the largest logit. @param {number} mass sum of all weights. @param {number} uniform */
  #choose(most, mass, uniform) {
    const { temperature, topP, topK } = this.#settings;
    if (temperature === 0) return this.#logits.indexOf(most);
    if (topK > 0 && topK < this.#logits.length)
      return this.#chooseRanked(most, topK, topP, uniform);
    if (topP >= 1) {
      this.#cutLogit = -Infinity;
      return this.#walk(uniform * mass);
    }
    this.#cut(most, BINS_PER_UNIT / temperature, topP * mass, this.#places.weights);
    return this.#walk(uniform * this.#kept);
  }

  /**
   * Finds the last of the ranked tokens that have less than a limit before them; at least one stays.
   *
   * @param {number} most the largest logit.
   * @param {number} scale bins a unit of logits.
   * @param {number} limit
   * @param {number} measures address of the measures that the limit applies to, by token.
   */
  #cut(most, scale, limit, measures) {
    const kernels = this.#kernels;
    const { logits, bins, picked } = this.#places;
    const [sums, count] = [this.#sums, this.#logits.length];
    sums.fill(0);
    kernels.bins(logits, bins, count, most, scale, BINS);
    kernels.addByBin(bins, measures, this.#places.sums, count);
    let [border, kept] = [0, 0];
    while (border < BINS && kept + /** @type {number} */ (sums[border]) < limit) {
      kept += /** @type {number} */ (sums[border++]);
    }
    const found = kernels.pickBin(bins, border, picked, count);
    const inside = Array.from(this.#picked.subarray(0, found)).sort(this.#byRank);
    const measureOf = (/** @type {number} */ id) =>
      /** @type {number} */ (this.#floats[measures / 4 + id]);
    let last = -1;
    for (const id of inside) {
      if (last >= 0 && kept >= limit) break;
      kept += measureOf(id);
      last = id;
    }
    this.#kept = kept;
    this.#cutId = last;
    this.#cutLogit = last < 0 ? -Infinity : /** @type {number} */ (this.#logits[last]);
  }

  /** The kept token, in the order of ids, at which the cumulative weight exceeds a target. @param {number} target */
  #walk(target) {
    const [weights, logits] = [this.#weights, this.#logits];
    const [cutLogit, cutId] = [this.#cutLogit, this.#cutId];
    let [reached, last] = [0, 0];
    for (let id = 0; id < weights.length; id++) {
      const logit = /** @type {number} */ (logits[id]);
      if (logit < cutLogit || (logit === cutLogit && id > cutId)) continue;
      const weight = /** @type {number} */ (weights[id]);
      if (weight === 0) continue;
      reached += weight;
      last = id;
      if (reached > target) break;
    }
    return last;
  }

  /**
   * The same among the first k tokens, in the order of their rank.
   *
   * @param {number} most
   * @param {number} topK
   * @param {number} topP
   * @param {number} uniform
   */
  #chooseRanked(most, topK, topP, uniform) {
    const [weights, logits] = [this.#weights, this.#logits];
    this.#cut(most, BINS_PER_UNIT, topK, this.#places.ones);
    /** @type {number[]} */
    const ranked = [];
    for (let id = 0; id < logits.length; id++) {
      const logit = /** @type {number} */ (logits[id]);
      if (logit > this.#cutLogit || (logit === this.#cutLogit && id <= this.#cutId))
        ranked.push(id);
    }
    ranked.sort(this.#byRank);
    const own = ranked.map((id) => /** @type {number} */ (weights[id]));
    const mass = own.reduce((sum, weight) => sum + weight, 0);
    let [kept, count] = [0, 0];
    while (count < own.length && (count === 0 || kept < topP * mass)) {
      kept += /** @type {number} */ (own[count++]);
    }
    let [reached, rank] = [0, 0];
    for (; rank < count - 1; rank++) {
      reached += /** @type {number} */ (own[rank]);
      if (reached > uniform * kept) break;
    }
    return /** @type {number} */ (ranked[rank]);
  }
}
