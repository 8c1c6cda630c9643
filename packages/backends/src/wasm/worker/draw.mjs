// @ts-check
/**
 * Draws tokens from logits in the shared memory: the same distributions and the same choice as
 * `engine/sampling/filter.ts`, which is what the tests hold this against. Rather than sort a vocabulary, tokens are put into
 * bins by their logits; only the bin that the border of top-p or top-k runs through is sorted.
 */

/** @typedef {import('../messages.ts').DrawSettings} DrawSettings */
/** @typedef {import('./kernels.mjs').Kernels} Kernels */

/** Bins, and how many there are to a difference of 1 in logits; what is further from the largest logit goes into the last one. */
const BINS = 1024;
const BINS_PER_UNIT = 40;

/** Draws for one generation; `logProb` has that of the last token. */
export class TokenDrawer {
  /** `log softmax(logits / temperature)` of the token, at temperature 1 where the likeliest is taken. */
  logProb = 0;
  #kernels;
  #floats;
  #vocabulary;
  #settings;
  #row;
  #weights;
  #bins = new Float64Array(BINS + 1);
  /** The last token that is kept: its logit and id. */
  #cutLogit = 0;
  #cutId = 0;
  /** Sum of what is measured of the tokens that are kept. */
  #kept = 0;
  /** @type {(id: number) => number} */
  #weightOf;
  /** @type {(a: number, b: number) => number} */
  #byRank;

  /**
   * @param {Kernels} kernels
   * @param {ArrayBufferLike} buffer the memory of the kernels.
   * @param {number} vocabulary
   * @param {DrawSettings} settings
   * @param {{ row: number, weights: number }} scratch addresses with room for the vocabulary and four numbers more each.
   */
  constructor(kernels, buffer, vocabulary, settings, { row, weights }) {
    const floats = new Float32Array(buffer);
    this.#kernels = kernels;
    this.#floats = floats;
    this.#vocabulary = vocabulary;
    this.#settings = settings;
    this.#row = row;
    this.#weights = weights;
    this.#weightOf = (id) => /** @type {number} */ (floats[weights / 4 + id]);
    const logitOf = (/** @type {number} */ id) => /** @type {number} */ (floats[row / 4 + id]);
    this.#byRank = (a, b) => logitOf(b) - logitOf(a) || a - b;
  }

  /**
   * The token whose share of [0, 1) holds the number.
   *
   * @param {number} logits address.
   * @param {number} uniform
   * @param {Uint8Array} [seen] 1 for tokens of the context; read when repetition is penalised.
   * @returns {number}
   */
  draw(logits, uniform, seen) {
    const kernels = this.#kernels;
    const { temperature, repetitionPenalty } = this.#settings;
    const [row, vocabulary] = [this.#row, this.#vocabulary];
    const factor = 1 / (temperature || 1);
    this.#floats.copyWithin(row / 4, logits / 4, logits / 4 + vocabulary);
    const largest = kernels.largest(row, vocabulary);
    const total = kernels.weights(row, this.#weights, vocabulary, largest, factor);
    let [most, mass] = [largest, total];
    if (repetitionPenalty !== 1 && seen) {
      this.#penalise(seen);
      most = kernels.largest(row, vocabulary);
      mass = kernels.weights(row, this.#weights, vocabulary, most, factor);
    }
    const token = this.#choose(most, mass, uniform);
    const logit = /** @type {number} */ (this.#floats[logits / 4 + token]);
    this.logProb = (logit - largest) * factor - Math.log(total);
    return token;
  }

  /** @param {Uint8Array} seen */
  #penalise(seen) {
    const { repetitionPenalty } = this.#settings;
    const floats = this.#floats;
    for (let id = 0, at = this.#row / 4; id < this.#vocabulary; id++, at++) {
      if (seen[id] !== 1) continue;
      const logit = /** @type {number} */ (floats[at]);
      floats[at] = logit > 0 ? logit / repetitionPenalty : logit * repetitionPenalty;
    }
  }

  /** @param {number} most the largest logit. @param {number} mass sum of all weights. @param {number} uniform */
  #choose(most, mass, uniform) {
    const { temperature, topP, topK } = this.#settings;
    const vocabulary = this.#vocabulary;
    if (temperature === 0) {
      const start = this.#row / 4;
      let id = 0;
      while (id < vocabulary - 1 && this.#floats[start + id] !== most) id++;
      return id;
    }
    if (topK > 0 && topK < vocabulary) return this.#chooseRanked(most, topK, topP, uniform);
    if (topP >= 1) return this.#walk(uniform * mass, false);
    this.#cut(most, BINS_PER_UNIT / temperature, topP * mass, this.#weightOf);
    return this.#walk(uniform * this.#kept, true);
  }

  /**
   * Finds the last of the ranked tokens that have less than a limit before them; at least one stays.
   *
   * @param {number} most @param {number} scale bins a unit of logits. @param {number} limit
   * @param {(id: number) => number} measure what adds up to the limit.
   */
  #cut(most, scale, limit, measure) {
    const [floats, bins, start, vocabulary] = [
      this.#floats,
      this.#bins,
      this.#row / 4,
      this.#vocabulary,
    ];
    const binOf = (/** @type {number} */ id) =>
      Math.min(BINS, Math.floor((most - /** @type {number} */ (floats[start + id])) * scale));
    bins.fill(0);
    for (let id = 0; id < vocabulary; id++) {
      const bin = binOf(id);
      bins[bin] = /** @type {number} */ (bins[bin]) + measure(id);
    }
    let [border, before] = [0, 0];
    while (border < BINS && before + /** @type {number} */ (bins[border]) < limit) {
      before += /** @type {number} */ (bins[border++]);
    }
    /** @type {number[]} */
    const inside = [];
    for (let id = 0; id < vocabulary; id++) if (binOf(id) === border) inside.push(id);
    inside.sort(this.#byRank);
    let [kept, last] = [before, -1];
    for (const id of inside) {
      if (last >= 0 && kept >= limit) break;
      kept += measure(id);
      last = id;
    }
    this.#kept = kept;
    this.#cutId = last;
    this.#cutLogit = last < 0 ? -Infinity : /** @type {number} */ (floats[start + last]);
  }

  /** @param {number} id */
  #isKept(id) {
    const logit = /** @type {number} */ (this.#floats[this.#row / 4 + id]);
    return logit > this.#cutLogit || (logit === this.#cutLogit && id <= this.#cutId);
  }

  /** The token, in the order of ids, at which the weights reach above a target. @param {number} target @param {boolean} isCut */
  #walk(target, isCut) {
    const weights = this.#weights / 4;
    let [reached, last] = [0, 0];
    for (let id = 0; id < this.#vocabulary; id++) {
      const weight = /** @type {number} */ (this.#floats[weights + id]);
      if (weight === 0 || (isCut && !this.#isKept(id))) continue;
      reached += weight;
      last = id;
      if (reached > target) break;
    }
    return last;
  }

  /** The same among the first k tokens, in the order of their rank. @param {number} most @param {number} topK @param {number} topP @param {number} uniform */
  #chooseRanked(most, topK, topP, uniform) {
    this.#cut(most, BINS_PER_UNIT, topK, () => 1);
    /** @type {number[]} */
    const ranked = [];
    for (let id = 0; id < this.#vocabulary; id++) if (this.#isKept(id)) ranked.push(id);
    ranked.sort(this.#byRank);
    const mass = ranked.reduce((sum, id) => sum + this.#weightOf(id), 0);
    let [kept, count] = [0, 0];
    while (count < ranked.length && (count === 0 || kept < topP * mass)) {
      kept += this.#weightOf(/** @type {number} */ (ranked[count++]));
    }
    let reached = 0;
    for (let rank = 0; rank < count; rank++) {
      reached += this.#weightOf(/** @type {number} */ (ranked[rank]));
      if (reached > uniform * kept) return /** @type {number} */ (ranked[rank]);
    }
    return /** @type {number} */ (ranked[count - 1]);
  }
}
