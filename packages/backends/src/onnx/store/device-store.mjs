// @ts-check
/**
 * Stores tensors in the memory of a WebGPU device between runs: parameters, moments, gradients and caches are outputs of one run and inputs
 * of the next, and cross to the host only on request. A stored tensor is a flat array on the host, some segments of which were moved to the
 * device. For those the device has the current values. Runs name segments by offset and size, nearly always the same ones; where one
 * overlaps others, they are gathered on the host first. Values come back as the output of a run whose output is on the host: `getData()` of
 * a device tensor ends the process.
 */
import { loadOnnxRuntime } from '../start/onnxruntime.mjs';
import { HostStore, sizeOf } from './host-store.mjs';

const { InferenceSession, Tensor } = loadOnnxRuntime();

/** @typedef {import('../../graph/engine/runtime-messages.ts').Feed} Feed */
/** @typedef {import('../../graph/engine/runtime-messages.ts').Fetch} Fetch */
/** @typedef {import('../../graph/engine/runtime-messages.ts').TensorData} TensorData */
/** @typedef {import('../../graph/engine/runtime-messages.ts').TransferModels} TransferModels */
/** @typedef {import('../../graph/engine/runtime-messages.ts').UpdateKernels} UpdateKernels */
/** @typedef {import('onnxruntime-node').InferenceSession} InferenceSession */
/** @typedef {import('onnxruntime-node').Tensor} Tensor */
/** @typedef {{ upload: InferenceSession, download: InferenceSession, add: InferenceSession }} Transfers */

/** A device tensor under another shape: the same memory, from its start. @param {Tensor} tensor @param {readonly number[]} shape */
function view(tensor, shape) {
  return Tensor.fromGpuBuffer(tensor.gpuBuffer, { dataType: 'float32', dims: shape });
}

/** The tensors that a session worker keeps on a device between runs. */
export class DeviceStore extends HostStore {
  #transfers;
  /** By name and offset, the segments of stored tensors on the device. @type {Map<string, Map<number, Tensor>>} */
  #segments = new Map();
  /** Names whose array on the host is all zeros. @type {Set<string>} */
  #blank = new Set();

  /** @param {UpdateKernels} kernels @param {Transfers} transfers */
  constructor(kernels, transfers) {
    super(kernels);
    this.#transfers = transfers;
  }

  /**
   * @param {UpdateKernels} kernels
   * @param {TransferModels} models
   * @param {import('onnxruntime-node').InferenceSession.SessionOptions} options
   */
  static async start(kernels, { identity, sum }, options) {
    const session = (
      /** @type {Uint8Array} */ model,
      /** @type {'cpu' | 'gpu-buffer'} */ location,
    ) => InferenceSession.create(model, { ...options, preferredOutputLocation: { y: location } });
    return new DeviceStore(kernels, {
      upload: await session(identity, 'gpu-buffer'),
      download: await session(identity, 'cpu'),
      add: await session(sum, 'gpu-buffer'),
    });
  }

  /** @override @param {string} name */
  has(name) {
    return this.#segments.has(name) || super.has(name);
  }

  /** @override @param {Feed} feed */
  async tensorOf(feed) {
    if (!('stored' in feed) || feed.type !== 'float32' || sizeOf(feed.shape) === 0) {
      return super.tensorOf(feed);
    }
    const segment = await this.#segment(feed.stored, feed.offset ?? 0, sizeOf(feed.shape));
    return view(segment, feed.shape);
  }

  /** @override @param {Exclude<Fetch, 'return'>} fetch @param {Tensor} output */
  async keep(fetch, output) {
    if (output.location !== 'gpu-buffer') {
      if ('store' in fetch && fetch.offset === undefined) this.delete(fetch.store);
      else await this.#gather('store' in fetch ? fetch.store : fetch.addTo);
      return super.keep(fetch, output);
    }
    if ('store' in fetch) {
      if (fetch.offset === undefined) this.delete(fetch.store);
      else await this.#separate(fetch.store, fetch.offset, output.size);
      this.#set(fetch.store, fetch.offset ?? 0, output);
      return;
    }
    const { addTo: name, offset } = fetch;
    await this.#separate(name, offset, output.size);
    const before = this.#segments.get(name)?.get(offset);
    if (!before && this.#blank.has(name)) {
      this.#set(name, offset, output);
      return;
    }
    const flat = [output.size];
    const held = view(await this.#segment(name, offset, output.size), flat);
    const { y } = await this.#transfers.add.run({ a: held, b: view(output, flat) });
    output.dispose();
    this.#set(name, offset, /** @type {Tensor} */ (y));
  }

  /** Runs leave their outputs on the device. @override */
  targets() {
    return {};
  }

  /** @override @param {string} name @param {TensorData} data */
  put(name, data) {
    this.#drop(name);
    super.put(name, data);
  }

  /** @override @param {string} name @returns {Promise<TensorData>} */
  async get(name) {
    const segments = [...(this.#segments.get(name) ?? [])];
    const end = segments.reduce((most, [start, { size }]) => Math.max(most, start + size), 0);
    const isHere = super.has(name) || segments.length === 0;
    const whole = isHere ? await super.get(name) : new Float32Array(end);
    for (const [start, tensor] of segments) {
      /** @type {Float32Array} */ (whole).set(await this.#download(tensor), start);
    }
    return whole;
  }

  /** On a device, runs write segments in place, so each name has its own. @override @param {string} from @param {string} to */
  async share(from, to) {
    this.put(to, await this.get(from));
  }

  /** @override @param {string} name @param {number} length */
  zeros(name, length) {
    super.zeros(name, length);
    this.#blank.add(name);
  }

  /** @override @param {string} name @param {number} value */
  fill(name, value) {
    this.#drop(name);
    super.fill(name, value);
    if (value === 0) this.#blank.add(name);
  }

  /** @override @param {string} name */
  delete(name) {
    this.#drop(name);
    super.delete(name);
  }

  /** The segment on the device, after moving it there if necessary. @param {string} name @param {number} offset @param {number} size */
  async #segment(name, offset, size) {
    await this.#separate(name, offset, size);
    const held = this.#segments.get(name)?.get(offset);
    if (held) return held;
    const data = /** @type {Float32Array} */ (this.array(name)).subarray(offset, offset + size);
    const { y } = await this.#transfers.upload.run({ x: new Tensor('float32', data, [size]) });
    const moved = /** @type {Tensor} */ (y);
    this.#set(name, offset, moved);
    return moved;
  }

  /** Makes sure that no segment overlaps another one. @param {string} name @param {number} offset @param {number} size */
  async #separate(name, offset, size) {
    for (const [start, tensor] of this.#segments.get(name) ?? []) {
      const same = start === offset && tensor.size === size;
      if (same || start + tensor.size <= offset || start >= offset + size) continue;
      await this.#gather(name);
      return;
    }
  }

  /** Brings a stored tensor back to the host. @param {string} name */
  async #gather(name) {
    if (this.#segments.has(name)) this.put(name, await this.get(name));
    this.#blank.delete(name);
  }

  /** @param {string} name @param {number} offset @param {Tensor} tensor */
  #set(name, offset, tensor) {
    const segments = this.#segments.get(name) ?? new Map();
    this.#segments.set(name, segments);
    segments.get(offset)?.dispose();
    segments.set(offset, tensor);
  }

  /** @param {string} name */
  #drop(name) {
    for (const tensor of this.#segments.get(name)?.values() ?? []) tensor.dispose();
    this.#segments.delete(name);
    this.#blank.delete(name);
  }

  /** @param {Tensor} tensor @returns {Promise<Float32Array>} */
  async #download(tensor) {
    const { y } = await this.#transfers.download.run({ x: view(tensor, [tensor.size]) });
    return /** @type {Float32Array} */ (/** @type {Tensor} */ (y).data);
  }
}
