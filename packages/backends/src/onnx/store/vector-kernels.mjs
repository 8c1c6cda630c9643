// @ts-check
/**
 * Runs the optimizer's arithmetic on arrays of the host. Arrays that an optimizer keeps are in one WebAssembly memory. Others pass through
 * a small one chunk by chunk, which takes about five times as long and works for any length. `update-kernels.ts` has the kernels. Plain
 * JavaScript, like the session worker.
 */

/** @typedef {import('../../engine/adamw.ts').AdamWNumber} AdamWNumber */
/** @typedef {import('../../graph/engine/runtime-messages.ts').UpdateKernels} UpdateKernels */

/** Elements of a chunk; four chunks take 64 KiB. */
const CHUNK = 4096;
const CHUNK_BYTES = 4 * CHUNK;
const PAGE_BYTES = 65536;
/** Elements of a vector. */
const LANES = 4;

/** The arrays of an update in their order in the memory. */
const ARRAYS = /** @type {const} */ (['parameters', 'gradient', 'mean', 'square']);

/** The most elements that four arrays in one memory of WebAssembly can have. */
export const MOST_ELEMENTS = 2 ** 28 - 2 ** 15;

/** Four arrays of one length in one WebAssembly memory, with the arithmetic on them in place. */
export class UpdateMemory {
  /** Bytes from one array to the next: whole vectors, the last of which ends in zeros. */
  #stride;
  #kernels;
  #numbers;
  /** By name, views of the memory. @type {Readonly<Record<typeof ARRAYS[number], Float32Array>>} */
  arrays;

  /** @param {UpdateKernels} kernels @param {number} length of each array, at most `MOST_ELEMENTS`. */
  constructor({ module, numbers }, length) {
    this.#numbers = numbers;
    this.#stride = 4 * LANES * Math.ceil(length / LANES);
    const memory = new WebAssembly.Memory({
      initial: Math.ceil((ARRAYS.length * this.#stride) / PAGE_BYTES),
    });
    const { exports } = new WebAssembly.Instance(/** @type {WebAssembly.Module} */ (module), {
      loci: { memory },
    });
    this.#kernels =
      /** @type {Record<'adamw' | 'squares' | 'add', (...numbers: number[]) => number>} */ (
        /** @type {unknown} */ (exports)
      );
    const view = (/** @type {number} */ index) =>
      new Float32Array(memory.buffer, index * this.#stride, length);
    this.arrays = { parameters: view(0), gradient: view(1), mean: view(2), square: view(3) };
  }

  /** One AdamW update; the gradient does not change. @param {Readonly<Record<AdamWNumber, number>>} numbers */
  adamw(numbers) {
    const places = ARRAYS.map((_, index) => index * this.#stride);
    this.#kernels.adamw(...places, this.#stride, ...this.#numbers.map((name) => numbers[name]));
  }

  /**
   * The sum of squares of the gradient, added up in float64, chunk by chunk. `ChunkedUpdates` adds in the same order: the arrays of a
   * resumed run come into this memory with its first update, and their norm must not round differently before.
   */
  squares() {
    let sum = 0;
    const end = 2 * this.#stride;
    for (let start = this.#stride; start < end; start += CHUNK_BYTES) {
      sum += this.#kernels.squares(start, Math.min(start + CHUNK_BYTES, end));
    }
    return sum;
  }

  /** Adds the gradient to the parameters. */
  add() {
    this.#kernels.add(0, this.#stride, this.#stride);
  }
}

/** The arithmetic on arrays outside the memory, a chunk at a time. */
export class ChunkedUpdates {
  #chunks;

  /** @param {UpdateKernels} kernels */
  constructor(kernels) {
    this.#chunks = new UpdateMemory(kernels, CHUNK);
  }

  /** The sum of squares of an array, added up in float64. @param {Float32Array} gradient */
  squares(gradient) {
    let sum = 0;
    this.#byChunk({ gradient }, () => {
      sum += this.#chunks.squares();
    });
    return sum;
  }

  /** Adds an array to a target in place. @param {Float32Array} target @param {Float32Array} added of the same length. */
  add(target, added) {
    this.#byChunk({ parameters: target, gradient: added }, (start, count) => {
      this.#chunks.add();
      target.set(this.#chunks.arrays.parameters.subarray(0, count), start);
    });
  }

  /**
   * One AdamW update in place; the gradient does not change. The formula is that of `engine/adamw.ts`.
   *
   * @param {Readonly<Record<typeof ARRAYS[number], Float32Array>>} arrays of one length.
   * @param {Readonly<Record<AdamWNumber, number>>} numbers
   */
  adamw(arrays, numbers) {
    this.#byChunk(arrays, (start, count) => {
      this.#chunks.adamw(numbers);
      for (const name of /** @type {const} */ (['parameters', 'mean', 'square'])) {
        arrays[name].set(this.#chunks.arrays[name].subarray(0, count), start);
      }
    });
  }

  /**
   * Copies the same segment of several arrays into the memory, with zeros after their end, and calls `work`.
   *
   * @param {Readonly<Partial<Record<typeof ARRAYS[number], Float32Array>>>} arrays of one length.
   * @param {(start: number, count: number) => void} work
   */
  #byChunk(arrays, work) {
    const given = ARRAYS.flatMap((name) => {
      const array = arrays[name];
      return array ? [{ array, place: this.#chunks.arrays[name] }] : [];
    });
    const length = given[0]?.array.length ?? 0;
    for (let start = 0; start < length; start += CHUNK) {
      const count = Math.min(CHUNK, length - start);
      for (const { array, place } of given) {
        place.set(array.subarray(start, start + count));
        place.fill(0, count);
      }
      work(start, count);
    }
  }
}
