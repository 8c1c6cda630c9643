// @ts-check
/** Runs a tape on the rows of a worker: every step becomes a function that calls its kernel. */
import { linearOf } from './kernels.mjs';

/** @typedef {import('../messages.ts').TapeStep} TapeStep */
/** @typedef {import('./kernels.mjs').Kernels} Kernels */

/**
 * The operands of a run of the tape.
 *
 * @typedef {object} Run
 * @property {readonly number[]} rows the current ones, in their order in the scratch.
 * @property {readonly number[]} tokens theirs.
 * @property {number} made tokens that they had before.
 * @property {(row: number) => number} tableAt where a row's part of the rotary tables begins, in bytes.
 */

/**
 * @typedef {object} TapeContext
 * @property {Kernels} kernels
 * @property {ArrayBufferLike} buffer
 * @property {(place: number) => number} addressOf of a place.
 * @property {number} zeros
 * @property {number} cos
 * @property {number} sin
 * @property {(rows: readonly number[], made: number, layer: number, addresses: { query: number, key: number, value: number, y: number }) => void} attend
 */

/** @param {TapeStep} step @param {TapeContext} context @returns {(run: Run) => void} */
function bound(step, { kernels, buffer, addressOf, zeros, cos, sin, attend }) {
  const y = addressOf(step.y);
  switch (step.kind) {
    case 'embed': {
      const floats = new Float32Array(buffer);
      const { table, width } = step;
      return ({ tokens }) => {
        for (let index = 0; index < tokens.length; index++) {
          const from = table / 4 + /** @type {number} */ (tokens[index]) * width;
          floats.copyWithin(y / 4 + index * width, from, from + width);
        }
      };
    }
    case 'linear': {
      const { weight, bias = zeros, outputs, times } = step;
      const [x, linear] = [addressOf(step.x), linearOf(kernels, step.inputs)];
      return ({ rows }) => linear(x, weight, bias, y, 4 * outputs, outputs, rows.length * times);
    }
    case 'norm': {
      const { weight, width, times, epsilon } = step;
      const x = addressOf(step.x);
      return ({ rows }) => kernels.rmsNorm(x, weight, y, rows.length * times, width, epsilon);
    }
    case 'rotate': {
      const { heads, half } = step;
      const [x, bytes] = [addressOf(step.x), 8 * heads * half];
      return ({ rows, tableAt }) => {
        for (let index = 0; index < rows.length; index++) {
          const table = tableAt(/** @type {number} */ (rows[index]));
          kernels.rotate(
            x + index * bytes,
            cos + table,
            sin + table,
            y + index * bytes,
            heads,
            half,
          );
        }
      };
    }
    case 'add':
    case 'multiply':
    case 'swiglu': {
      const { kind, width } = step;
      const [a, b] = [addressOf(step.a), addressOf(step.b)];
      return ({ rows }) => kernels[kind](a, b, y, rows.length * width);
    }
    case 'scale': {
      const { width, factor } = step;
      const x = addressOf(step.x);
      return ({ rows }) => kernels.scale(x, y, rows.length * width, factor);
    }
    case 'attend': {
      const { layer } = step;
      const [query, key, value] = [
        addressOf(step.query),
        addressOf(step.key),
        addressOf(step.value),
      ];
      const addresses = { query, key, value, y };
      return ({ rows, made }) => attend(rows, made, layer, addresses);
    }
  }
}

/** @param {readonly TapeStep[]} steps @param {TapeContext} context @returns {(run: Run) => void} */
export function tapeRunner(steps, context) {
  const calls = steps.map((step) => bound(step, context));
  return (run) => {
    for (const call of calls) call(run);
  };
}
