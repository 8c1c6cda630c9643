// @ts-check
/**
 * Stores tensors in the memory of the session worker between runs, each a flat array under a name; runs read and write segments of it.
 * `device-store.mjs` does the same in the memory of a device. Plain JavaScript, like the worker.
 */
import { loadOnnxRuntime } from '../start/onnxruntime.mjs';
import { ChunkedUpdates, MOST_ELEMENTS, UpdateMemory } from './vector-kernels.mjs';

const { Tensor } = loadOnnxRuntime();

/** @typedef {import('../../graph/engine/runtime-messages.ts').Feed} Feed */
/** @typedef {import('../../graph/engine/runtime-messages.ts').Fetch} Fetch */
/** @typedef {import('../../graph/engine/runtime-messages.ts').TensorData} TensorData */
/** @typedef {import('../../graph/engine/runtime-messages.ts').AdamWRequest} AdamWRequest */
/** @typedef {import('onnxruntime-node').Tensor} Tensor */
/** @typedef {Extract<Fetch, { addTo: string }>} AddTo */

/** @param {readonly number[]} shape */
export function sizeOf(shape) {
  return shape.reduce((product, length) => product * length, 1);
}

/** The tensors that a session worker keeps between runs. */
export class HostStore {
  /** @type {Map<string, TensorData>} */
  #arrays = new Map();
  /** Float arrays that count as zeros, each with whether it may still hold other values. @type {Map<string, boolean>} */
  #blank = new Map();
  /** Memories of updates by the name of their weights. @type {Map<string, UpdateMemory>} */
  #updates = new Map();
  #kernels;
  #chunked;

  /** @param {import('../../graph/engine/runtime-messages.ts').UpdateKernels} kernels */
  constructor(kernels) {
    this.#kernels = kernels;
    this.#chunked = new ChunkedUpdates(kernels);
  }

  /**
   * The stored array itself.
   *
   * @param {string} name
   */
  array(name) {
    if (this.#blank.get(name)) this.#held(name).fill(/** @type {never} */ (0));
    this.#blank.delete(name);
    return this.#held(name);
  }

  /** The array with its present contents. @param {string} name */
  #held(name) {
    const data = this.#arrays.get(name);
    if (!data) throw new Error(`no stored tensor "${name}"`);
    return data;
  }

  /** @param {string} name */
  has(name) {
    return this.#arrays.has(name);
  }

  /** @param {Feed} feed */
  async tensorOf(feed) {
    return new Tensor(feed.type, this.dataOf(feed), feed.shape);
  }

  /** @param {Feed} feed @returns {TensorData} */
  dataOf(feed) {
    const whole = 'stored' in feed ? this.array(feed.stored) : feed.data;
    const offset = 'stored' in feed ? (feed.offset ?? 0) : 0;
    return whole.subarray(offset, offset + sizeOf(feed.shape));
  }

  /**
   * Stores an output of a run by its fetch.
   *
   * @param {Exclude<Fetch, 'return'>} fetch
   * @param {Tensor} output
   */
  async keep(fetch, output) {
    const data = /** @type {TensorData} */ (output.data);
    if ('store' in fetch) {
      if (fetch.offset === undefined) this.put(fetch.store, data);
      else this.array(fetch.store).set(/** @type {any} */ (data), fetch.offset);
      return;
    }
    const { addTo, offset } = fetch;
    const target = /** @type {Float32Array} */ (this.array(addTo));
    this.#chunked.add(
      target.subarray(offset, offset + data.length),
      /** @type {Float32Array} */ (data),
    );
  }

  /**
   * Tensors over segments of blank stored arrays, for a run to write its outputs directly into them instead of adding them to zeros.
   * Nothing counts as written until `written` is called; a run that fails leaves the arrays blank.
   *
   * @param {Readonly<Record<string, Fetch>>} fetches by output.
   * @returns {Readonly<Record<string, Tensor>>} by output; none for the others.
   */
  targets(fetches) {
    /** @type {Record<string, Tensor>} */
    const targets = {};
    for (const [name, fetch] of Object.entries(fetches)) {
      if (fetch === 'return' || !('addTo' in fetch) || !this.#blank.has(fetch.addTo)) continue;
      const { addTo, offset, shape } = fetch;
      const place = this.#held(addTo).subarray(offset, offset + sizeOf(shape));
      targets[name] = new Tensor('float32', /** @type {Float32Array} */ (place), shape);
    }
    for (const name of this.#addedTo(fetches, targets)) this.#blank.set(name, true);
    return targets;
  }

  /**
   * Marks the `targets` of a run as written and fills the rest of their arrays with zeros.
   *
   * @param {Readonly<Record<string, Fetch>>} fetches
   * @param {Readonly<Record<string, Tensor>>} targets
   */
  written(fetches, targets) {
    for (const name of this.#addedTo(fetches, targets)) {
      const array = /** @type {Float32Array} */ (this.#held(name));
      const own = Object.keys(targets).map((output) => /** @type {AddTo} */ (fetches[output]));
      const segments = own.filter(({ addTo }) => addTo === name);
      let end = 0;
      for (const { offset, shape } of segments.toSorted((a, b) => a.offset - b.offset)) {
        array.fill(0, end, offset);
        end = offset + sizeOf(shape);
      }
      array.fill(0, end);
      this.#blank.delete(name);
    }
  }

  /** @param {Readonly<Record<string, Fetch>>} fetches @param {Readonly<Record<string, Tensor>>} targets */
  #addedTo(fetches, targets) {
    return new Set(
      Object.keys(targets).map((output) => /** @type {AddTo} */ (fetches[output]).addTo),
    );
  }

  /** Adds an array to a stored float array of the same length. @param {string} name @param {TensorData} data */
  add(name, data) {
    const array = /** @type {Float32Array} */ (this.array(name));
    if (array.length !== data.length) throw new Error(`"${name}" has another length`);
    this.#chunked.add(array, /** @type {Float32Array} */ (data));
  }

  /** The sum of squares of a stored array. @param {string} name */
  squares(name) {
    const array = /** @type {Float32Array} */ (this.array(name));
    const home = [...this.#updates.values()].find(({ arrays }) => arrays.gradient === array);
    return home ? home.squares() : this.#chunked.squares(array);
  }

  /**
   * One AdamW update in place. On the first update the arrays move into a memory for updates. A second name of one of them keeps the old
   * values.
   *
   * @param {AdamWRequest} request
   */
  adamw({ store: { current, gradient, mean, square }, numbers }) {
    const names = { parameters: current, gradient, mean, square };
    const floats = (/** @type {string} */ name) => /** @type {Float32Array} */ (this.array(name));
    const arrays = {
      parameters: floats(current),
      gradient: floats(gradient),
      mean: floats(mean),
      square: floats(square),
    };
    for (const [name, data] of this.#arrays) {
      const own = Object.values(names);
      const isShared = own.some(
        (updated) => updated !== name && this.#arrays.get(updated) === data,
      );
      if (isShared && !own.includes(name)) this.put(name, data.slice());
    }
    const { length } = arrays.parameters;
    if (length > MOST_ELEMENTS) return this.#chunked.adamw(arrays, numbers);
    const memory = this.#updates.get(current) ?? new UpdateMemory(this.#kernels, length);
    if (memory.arrays.parameters.length !== length)
      throw new Error(`"${current}" changed its size`);
    this.#updates.set(current, memory);
    for (const part of /** @type {const} */ (['parameters', 'gradient', 'mean', 'square'])) {
      if (arrays[part] === memory.arrays[part]) continue;
      memory.arrays[part].set(arrays[part]);
      this.put(names[part], memory.arrays[part]);
    }
    memory.adamw(numbers);
  }

  /** Stores an array, or a copy of one in shared memory, which the library refuses. @param {string} name @param {TensorData} data */
  put(name, data) {
    this.#blank.delete(name);
    const isShared = data.buffer instanceof SharedArrayBuffer;
    this.#arrays.set(name, isShared ? this.#copied(name, data) : data);
  }

  /** A copy in the array that has the name, where it fits and has no other name. @param {string} name @param {TensorData} data */
  #copied(name, data) {
    const held = this.#arrays.get(name);
    const names = [...this.#arrays.values()].filter((array) => array === held).length;
    if (held?.length !== data.length || names !== 1) return data.slice();
    held.set(/** @type {any} */ (data));
    return held;
  }

  /** Copies an array into another of its length. @param {string} name @param {Float32Array} into */
  copy(name, into) {
    into.set(/** @type {Float32Array} */ (this.array(name)));
  }

  /**
   * A copy.
   *
   * @param {string} name
   * @returns {Promise<TensorData>}
   */
  async get(name) {
    return this.array(name).slice();
  }

  /**
   * Gives an array a second name; an update copies it before changing it.
   *
   * @param {string} from @param {string} to
   */
  async share(from, to) {
    this.put(to, this.array(from));
  }

  /**
   * Zeros, which take no memory until something is written to them.
   *
   * @param {string} name @param {number} length
   */
  zeros(name, length) {
    this.put(name, new Float32Array(length));
    this.#blank.set(name, false);
  }

  /** @param {string} name @param {number} value */
  fill(name, value) {
    if (value === 0) {
      // Written only when they are read.
      this.#held(name);
      this.#blank.set(name, true);
      return;
    }
    /** @type {Float32Array} */ (this.array(name)).fill(value);
  }

  /** Bytes of each stored tensor; an array with two names counts under the first. */
  sizes() {
    const seen = new Set();
    /** @type {Record<string, number>} */
    const sizes = {};
    for (const [name, array] of this.#arrays) {
      if (!seen.has(array)) sizes[name] = array.byteLength;
      seen.add(array);
    }
    return sizes;
  }

  /** @param {string} name */
  delete(name) {
    this.#blank.delete(name);
    this.#updates.delete(name);
    this.#arrays.delete(name);
  }
}
