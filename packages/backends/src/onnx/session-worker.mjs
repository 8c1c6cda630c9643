// @ts-check
/**
 * The thread that runs ONNX sessions, beside the tensors that live from run to run: parameters, moments and gradients never
 * cross to the main thread. A stored tensor is a flat array; runs read and write stretches of it. Plain JavaScript, because
 * a worker of Node 20 cannot load TypeScript. The other side, with the types of all messages, is `session-host.ts`.
 */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { parentPort, workerData } from 'node:worker_threads';

/** @typedef {import('./session-messages.ts').Feed} Feed */
/** @typedef {import('./session-messages.ts').Fetch} Fetch */
/** @typedef {import('./session-messages.ts').TensorData} TensorData */
/** @typedef {import('./session-messages.ts').Request} Request */
/** @typedef {import('./session-messages.ts').WorkerSettings} WorkerSettings */

/** @type {WorkerSettings} */
const settings = workerData;

/** @type {Map<number, InferenceSession>} */
const sessions = new Map();

/** @type {Map<string, TensorData>} */
const store = new Map();

/** @param {string} name */
function stored(name) {
  const data = store.get(name);
  if (!data) throw new Error(`no stored tensor "${name}"`);
  return data;
}

/** @param {readonly number[]} shape */
function sizeOf(shape) {
  return shape.reduce((product, length) => product * length, 1);
}

/** @param {Feed} feed */
function tensorOf(feed) {
  const { shape } = feed;
  const whole = 'stored' in feed ? stored(feed.stored) : feed.data;
  const offset = 'stored' in feed ? (feed.offset ?? 0) : 0;
  const data = whole.subarray(offset, offset + sizeOf(shape));
  return new Tensor(feed.type, data, shape);
}

/**
 * @param {Exclude<Fetch, 'return'>} fetch
 * @param {TensorData} data
 */
function keep(fetch, data) {
  if ('store' in fetch) {
    store.set(fetch.store, data);
    return;
  }
  const target = /** @type {Float32Array} */ (stored(fetch.addTo));
  const { offset } = fetch;
  for (let index = 0; index < data.length; index++) {
    target[offset + index] = Number(target[offset + index]) + Number(data[index]);
  }
}

/** @param {Request & { kind: 'run' }} request */
async function run({ session: id, feeds, fetches }) {
  const session = sessions.get(id);
  if (!session) throw new Error(`session ${id} was released`);
  /** @type {Record<string, Tensor>} */
  const inputs = {};
  for (const [name, feed] of Object.entries(feeds)) inputs[name] = tensorOf(feed);
  const outputs = await session.run(inputs, Object.keys(fetches));
  /** @type {Record<string, { data: TensorData, shape: readonly number[] }>} */
  const returned = {};
  /** @type {ArrayBuffer[]} */
  const transfer = [];
  for (const [name, fetch] of Object.entries(fetches)) {
    const output = outputs[name];
    if (!output) throw new Error(`session ${id} has no output "${name}"`);
    const data = /** @type {TensorData} */ (output.data);
    if (fetch === 'return') {
      const own = data.slice();
      returned[name] = { data: own, shape: output.dims };
      transfer.push(/** @type {ArrayBuffer} */ (own.buffer));
    } else {
      keep(fetch, data);
    }
  }
  return { value: returned, transfer };
}

/** @param {number} value */
function varint(value) {
  const bytes = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return [...bytes, rest];
}

/**
 * The model with stored tensors added as initialisers: protobuf merges what is appended, so a second, partial `ModelProto`
 * (field 7, graph; its field 5, initializer; then dims 1, data_type 2, name 8, raw_data 9) does it.
 *
 * @param {Uint8Array} model
 * @param {readonly (Feed & { name: string })[]} initializers
 */
function withInitializers(model, initializers) {
  const pieces = initializers.map((initializer) => {
    const { data } = tensorOf(initializer);
    const values = /** @type {Float32Array} */ (data);
    const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const name = new TextEncoder().encode(initializer.name);
    const head = Buffer.from([
      ...initializer.shape.flatMap((length) => [0x08, ...varint(length)]),
      ...[0x10, 1],
      ...[0x42, ...varint(name.length), ...name],
      ...[0x4a, ...varint(raw.length)],
    ]);
    const tensor = Buffer.concat([head, raw]);
    return Buffer.concat([Buffer.from([0x2a, ...varint(tensor.length)]), tensor]);
  });
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  return Buffer.concat([model, Buffer.from([0x3a, ...varint(length)]), ...pieces]);
}

/**
 * @param {Request} request
 * @returns {Promise<{ value?: unknown, transfer?: ArrayBuffer[] }>}
 */
async function answer(request) {
  switch (request.kind) {
    case 'create': {
      const { session, model, initializers, keepMemory } = request;
      const whole = initializers.length > 0 ? withInitializers(model, initializers) : model;
      const options = {
        intraOpNumThreads: settings.threads,
        interOpNumThreads: 1,
        logSeverityLevel: /** @type {const} */ (3),
        executionProviders: [...settings.providers],
        graphOptimizationLevel: /** @type {const} */ ('all'),
        // With static shapes the pattern of allocations is learned, then allocated beside what the first run took: twice the memory.
        enableMemPattern: false,
        enableCpuMemArena: keepMemory,
      };
      sessions.set(session, await InferenceSession.create(whole, options));
      return {};
    }
    case 'release':
      await sessions.get(request.session)?.release();
      sessions.delete(request.session);
      return {};
    case 'run':
      return run(request);
    case 'put':
      store.set(request.name, request.data);
      return {};
    case 'get': {
      const { name, offset = 0, length } = request;
      const whole = stored(name);
      const data = whole.slice(offset, length === undefined ? whole.length : offset + length);
      return { value: data, transfer: [/** @type {ArrayBuffer} */ (data.buffer)] };
    }
    case 'copy':
      store.set(request.to, stored(request.from).slice());
      return {};
    case 'share':
      store.set(request.to, stored(request.from));
      return {};
    case 'zeros':
      store.set(request.name, new Float32Array(request.length));
      return {};
    case 'rename':
      store.set(request.to, stored(request.from));
      store.delete(request.from);
      return {};
    case 'fill':
      /** @type {Float32Array} */ (stored(request.name)).fill(request.value);
      return {};
    case 'delete':
      store.delete(request.name);
      return {};
  }
}

/** Requests are answered one after another: a session is busy, or none is. */
let queue = Promise.resolve();

parentPort?.on('message', (/** @type {{ id: number, request: Request }} */ { id, request }) => {
  queue = queue.then(async () => {
    try {
      const { value, transfer } = await answer(request);
      parentPort?.postMessage({ id, value }, transfer ?? []);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      parentPort?.postMessage({ id, error: message });
    }
  });
});
