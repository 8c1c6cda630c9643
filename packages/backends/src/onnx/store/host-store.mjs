// @ts-check
/**
 * Tensors that live from run to run in the memory of the session worker, each a flat array under a name; runs read and write
 * stretches of it. `device-store.mjs` does the same in the memory of a device. Plain JavaScript, as the worker is.
 */
import { Tensor } from 'onnxruntime-node';

/** @typedef {import('../../graph/engine/runtime-messages.ts').Feed} Feed */
/** @typedef {import('../../graph/engine/runtime-messages.ts').Fetch} Fetch */
/** @typedef {import('../../graph/engine/runtime-messages.ts').TensorData} TensorData */

/** @param {readonly number[]} shape */
export function sizeOf(shape) {
  return shape.reduce((product, length) => product * length, 1);
}

/** What a session worker keeps between runs. */
export class HostStore {
  /** @type {Map<string, TensorData>} */
  #arrays = new Map();

  /**
   * The stored array itself.
   *
   * @param {string} name
   */
  array(name) {
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
   * Does with an output of a run what its fetch says.
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
    const target = /** @type {Float32Array} */ (this.array(fetch.addTo));
    const { offset } = fetch;
    for (let index = 0; index < data.length; index++) {
      target[offset + index] = Number(target[offset + index]) + Number(data[index]);
    }
  }

  /** @param {string} name @param {TensorData} data */
  put(name, data) {
    this.#arrays.set(name, data);
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
   * Gives an array a second name; it is copied nowhere, since runs put new arrays in the place of old ones.
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
  }

  /** @param {string} name @param {number} value */
  fill(name, value) {
    /** @type {Float32Array} */ (this.array(name)).fill(value);
  }

  /** @param {string} name */
  delete(name) {
    this.#arrays.delete(name);
  }
}
