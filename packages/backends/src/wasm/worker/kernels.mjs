// @ts-check
/** Wraps the kernels of an instance, and splits products into their tiles. */

/** @typedef {import('../messages.ts').TapeStep} TapeStep */

/**
 * The exports of `../kernels/`; the names of `linear…` and `weighted…` include their sizes.
 *
 * @typedef {object} FixedKernels
 * @property {(x: number, weight: number, y: number, rows: number, width: number, epsilon: number) => void} rmsNorm
 * @property {(x: number, cos: number, sin: number, y: number, heads: number, half: number) => void} rotate
 * @property {(a: number, b: number, y: number, count: number) => void} add
 * @property {(a: number, b: number, y: number, count: number) => void} multiply
 * @property {(gate: number, up: number, y: number, count: number) => void} swiglu
 * @property {(x: number, y: number, count: number, factor: number) => void} scale
 * @property {(x: number, count: number) => void} softmax
 * @property {(x: number, count: number) => number} largest
 * @property {(x: number, y: number, count: number, most: number, factor: number) => number} weights
 * @property {(x: number, y: number, count: number, most: number, scale: number, last: number) => void} bins
 * @property {(bin: number, measure: number, sums: number, count: number) => void} addByBin
 * @property {(bin: number, wanted: number, y: number, count: number) => number} pickBin
 */

/** @typedef {FixedKernels & Readonly<Record<string, (...numbers: number[]) => number>>} Kernels */

/**
 * A product of rows: `y = x · weightᵀ + bias`. @typedef {(x: number, weight: number, bias: number, y: number, yStride: number, outputs:
 * number, rows: number) => void} Linear
 */

/** @param {Kernels} kernels @param {number} inputs @returns {Linear} */
export function linearOf(kernels, inputs) {
  const [one, two, three, four] = /** @type {[any, any, any, any]} */ (
    [1, 2, 3, 4].map((rows) => kernels[`linear${inputs}x${rows}`])
  );
  const xStride = 4 * inputs;
  return (x, weight, bias, y, yStride, outputs, rows) => {
    let [left, xAt, yAt] = [rows, x, y];
    // Five rows are faster as three and two.
    for (; left >= 4 && left !== 5; left -= 4, xAt += 4 * xStride, yAt += 4 * yStride) {
      four(xAt, weight, bias, yAt, yStride, outputs);
    }
    if (left === 3 || left === 5) {
      three(xAt, weight, bias, yAt, yStride, outputs);
      left -= 3;
      xAt += 3 * xStride;
      yAt += 3 * yStride;
    }
    if (left === 2) two(xAt, weight, bias, yAt, yStride, outputs);
    else if (left === 1) one(xAt, weight, bias, yAt, yStride, outputs);
  };
}

/**
 * Values of a head, weighted: `y = before + p · values`. @typedef {(p: number, stride: number, values: number, before: number, y: number,
 * tokens: number, queries: number) => void} Weighted
 */

/** @param {Kernels} kernels @param {number} headDim @returns {Weighted} */
export function weightedOf(kernels, headDim) {
  const [one, two] = /** @type {[any, any]} */ (
    [1, 2].map((queries) => kernels[`weighted${headDim}x${queries}`])
  );
  const row = 4 * headDim;
  return (p, stride, values, before, y, tokens, queries) => {
    let query = 0;
    for (; query + 2 <= queries; query += 2) {
      two(p + query * stride, stride, values, before + query * row, y + query * row, tokens);
    }
    if (query < queries) {
      one(p + query * stride, stride, values, before + query * row, y + query * row, tokens);
    }
  };
}
