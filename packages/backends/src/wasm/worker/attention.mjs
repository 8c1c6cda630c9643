// @ts-check
/**
 * Computes attention of the rows of one worker. All completions of a prompt share the products with its keys. The keys of a completion are
 * in its own part of the cache, where each step adds one.
 */
import { linearOf, weightedOf } from './kernels.mjs';

/** @typedef {import('../messages.ts').AttentionSizes} AttentionSizes */
/** @typedef {import('../messages.ts').WorkerGeneration} WorkerGeneration */
/** @typedef {import('../messages.ts').WorkerScratch} WorkerScratch */

/** Length of a row of scores for a number of tokens. @param {number} tokens */
function scoreWidth(tokens) {
  return Math.ceil(tokens / 4) * 4 + 4;
}

/**
 * Attention over the caches of a generation.
 *
 * @param {import('./kernels.mjs').Kernels} kernels
 * @param {AttentionSizes} sizes
 * @param {WorkerGeneration} generation
 * @param {WorkerScratch} scratch
 */
export function attentionOf(kernels, { heads, kvHeads, headDim, layers }, generation, scratch) {
  const { places, promptTokens, promptLength, maxNewTokens, completions } = generation;
  const { queries, scores, attended } = scratch;
  const { scale, softmax } = kernels;
  const towards = linearOf(kernels, headDim);
  const weighted = weightedOf(kernels, headDim);
  const sharing = heads / kvHeads;
  const headBytes = 4 * headDim;
  const stackBytes = sharing * headBytes;
  const widest = Math.max(...promptTokens) + maxNewTokens;
  const stride = 4 * scoreWidth(widest);
  const cacheBytes = maxNewTokens * headBytes;
  const factor = 1 / Math.sqrt(headDim);

  /** Address of a row's cache. @param {number} row @param {number} layer @param {0 | 1} which keys or values. @param {number} head */
  const ownAt = (row, layer, which, head) =>
    places.own + (((row * layers + layer) * 2 + which) * kvHeads + head) * cacheBytes;

  /**
   * Rows `from` to `to` of the current ones, all of one group.
   *
   * @param {readonly number[]} rows @param {number} from @param {number} to @param {number} made
   * @param {number} layer @param {number} head
   * @param {{ query: number, key: number, value: number, y: number }} addresses
   */
  function attendHead(rows, from, to, made, layer, head, { query, key, value, y }) {
    const group = Math.floor(/** @type {number} */ (rows[from]) / completions);
    const prompt = /** @type {number} */ (promptTokens[group]);
    const ofPrompt = /** @type {{ key: number, value: number }} */ (places.prompt[layer]);
    const promptAt = (group * kvHeads + head) * promptLength * headBytes;
    const stacked = (to - from) * sharing;
    for (let index = from; index < to; index++) {
      const row = /** @type {number} */ (rows[index]);
      const to = queries + (index - from) * stackBytes;
      scale(query + (index * heads + head * sharing) * headBytes, to, sharing * headDim, factor);
      const from_ = (index * kvHeads + head) * headBytes;
      scale(key + from_, ownAt(row, layer, 0, head) + made * headBytes, headDim, 1);
      scale(value + from_, ownAt(row, layer, 1, head) + made * headBytes, headDim, 1);
    }
    towards(queries, ofPrompt.key + promptAt, places.zeros, scores, stride, prompt, stacked);
    for (let index = from; index < to; index++) {
      const keys = ownAt(/** @type {number} */ (rows[index]), layer, 0, head);
      const own = (index - from) * sharing;
      const at = scores + own * stride;
      towards(
        queries + own * headBytes,
        keys,
        places.zeros,
        at + 4 * prompt,
        stride,
        made + 1,
        sharing,
      );
    }
    for (let index = 0; index < stacked; index++)
      softmax(scores + index * stride, prompt + made + 1);
    weighted(scores, stride, ofPrompt.value + promptAt, places.zeros, attended, prompt, stacked);
    for (let index = from; index < to; index++) {
      const values = ownAt(/** @type {number} */ (rows[index]), layer, 1, head);
      const own = (index - from) * sharing;
      const sum = attended + own * headBytes;
      weighted(scores + own * stride + 4 * prompt, stride, values, sum, sum, made + 1, sharing);
      scale(sum, y + (index * heads + head * sharing) * headBytes, sharing * headDim, 1);
    }
  }

  /**
   * Attention of all current rows, whose newest keys and values it adds to the cache.
   *
   * @param {readonly number[]} rows those of a group side by side.
   * @param {number} made tokens that the rows had before this one.
   * @param {number} layer
   * @param {{ query: number, key: number, value: number, y: number }} addresses
   */
  return (rows, made, layer, addresses) => {
    for (let from = 0; from < rows.length;) {
      const group = Math.floor(/** @type {number} */ (rows[from]) / completions);
      let to = from + 1;
      while (
        to < rows.length &&
        Math.floor(/** @type {number} */ (rows[to]) / completions) === group
      )
        to++;
      for (let head = 0; head < kvHeads; head++) {
        attendHead(rows, from, to, made, layer, head, addresses);
      }
      from = to;
    }
  };
}
