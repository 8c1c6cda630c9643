// @ts-check
/**
 * Runs ONNX sessions in a thread, beside the tensors that persist between runs: parameters, moments and gradients never cross to the main
 * thread. A stored tensor is a flat array; runs read and write segments of it. Plain JavaScript, because a worker of Node 20 cannot load
 * TypeScript. The other side is `onnx-runtime.ts`; `graph/engine/runtime-messages.ts` has the types of all messages.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { loadOnnxRuntime } from './start/onnxruntime.mjs';
import { DeviceStore } from './store/device-store.mjs';
import { HostStore } from './store/host-store.mjs';
import { WorkNotes } from './work-notes.mjs';

const { InferenceSession } = loadOnnxRuntime();

/** @typedef {import('../graph/engine/runtime-messages.ts').Feed} Feed */
/** @typedef {import('onnxruntime-node').InferenceSession} InferenceSession */
/** @typedef {import('onnxruntime-node').Tensor} Tensor */
/** @typedef {import('../graph/engine/runtime-messages.ts').TensorData} TensorData */
/** @typedef {import('../graph/engine/runtime-messages.ts').RuntimeRequest} RuntimeRequest */
/** @typedef {import('../graph/engine/runtime-messages.ts').StoredInitializer} StoredInitializer */
/** @typedef {import('../graph/engine/runtime-messages.ts').WorkerSettings} WorkerSettings */

/** @type {WorkerSettings} */
const settings = workerData;

/** @type {Map<number, InferenceSession>} */
const sessions = new Map();

/** Sessions with outputs on a device, which fail when runs request different outputs. @type {Set<number>} */
const bound = new Set();

const sessionOptions = {
  intraOpNumThreads: settings.threads,
  interOpNumThreads: 1,
  extra: { session: { intra_op: { allow_spinning: settings.spin ? '1' : '0' } } },
  logSeverityLevel: /** @type {const} */ (3),
  executionProviders: [...settings.providers],
  graphOptimizationLevel: /** @type {const} */ ('all'),
  // With static shapes the pattern of allocations is learned, then allocated in addition to the first run's memory: twice the memory.
  enableMemPattern: false,
};

const notes = settings.notes && new WorkNotes(settings.notes.profiles);

/** Created on first use, so that a provider which does not start fails the request that needs it. @type {Promise<HostStore> | undefined} */
let opened;

function store() {
  const { transfers, updates } = settings;
  opened ??= transfers
    ? DeviceStore.start(updates, transfers, sessionOptions)
    : Promise.resolve(new HostStore(updates));
  return opened;
}

/** @param {RuntimeRequest & { kind: 'run' }} request */
async function run({ session: id, feeds, fetches }) {
  const session = sessions.get(id);
  if (!session) throw new Error(`session ${id} was released`);
  const tensors = await store();
  /** @type {Record<string, Tensor>} */
  const inputs = {};
  for (const [name, feed] of Object.entries(feeds)) inputs[name] = await tensors.tensorOf(feed);
  const targets = tensors.targets(fetches);
  const names = bound.has(id) ? session.outputNames : Object.keys(fetches);
  const asked = Object.fromEntries(names.map((name) => [name, targets[name] ?? null]));
  const running = session.run(inputs, asked);
  const outputs = await (notes?.ofLibrary(running) ?? running);
  tensors.written(fetches, targets);
  for (const [name, output] of Object.entries(outputs)) if (!(name in fetches)) output.dispose();
  /** @type {Record<string, { data: TensorData, shape: readonly number[] }>} */
  const returned = {};
  /** @type {ArrayBuffer[]} */
  const transfer = [];
  for (const [name, fetch] of Object.entries(fetches)) {
    const output = outputs[name];
    if (!output) throw new Error(`session ${id} has no output "${name}"`);
    if (fetch === 'return') {
      const own = /** @type {TensorData} */ (output.data).slice();
      returned[name] = { data: own, shape: output.dims };
      transfer.push(/** @type {ArrayBuffer} */ (own.buffer));
    } else if (!(name in targets)) {
      await tensors.keep(fetch, output);
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

/** The protobuf header of a length-delimited field. @param {number} field @param {number} length */
function lead(field, length) {
  return [8 * field + 2, ...varint(length)];
}

/**
 * The model with stored tensors added as initializers: protobuf merges what is appended, so a second, partial `ModelProto`
 * (field 7, graph; its field 5, initializer; then dims 1, data_type 2, name 8, raw_data 9) does it.
 *
 * @param {Uint8Array} model
 * @param {readonly StoredInitializer[]} initializers
 * @param {HostStore} tensors
 */
function withInitializers(model, initializers, tensors) {
  const sizeOf = (/** @type {readonly Uint8Array[]} */ pieces) =>
    pieces.reduce((sum, { length }) => sum + length, 0);
  const pieces = initializers.flatMap(({ name, shape, parts }) => {
    const raw = parts.map((feed) => {
      const { buffer, byteOffset, byteLength } = tensors.dataOf(feed);
      return new Uint8Array(buffer, byteOffset, byteLength);
    });
    const title = new TextEncoder().encode(name);
    const head = Buffer.from([
      ...shape.flatMap((length) => [0x08, ...varint(length)]),
      ...[0x10, 1],
      ...lead(8, title.length),
      ...title,
      ...lead(9, sizeOf(raw)),
    ]);
    return [Buffer.from(lead(5, sizeOf([head, ...raw]))), head, ...raw];
  });
  return Buffer.concat([model, Buffer.from(lead(7, sizeOf(pieces))), ...pieces]);
}

/**
 * @param {RuntimeRequest} request
 * @returns {Promise<{ value?: unknown, transfer?: ArrayBuffer[] }>}
 */
async function answer(request) {
  switch (request.kind) {
    case 'create': {
      const { session, model, initializers, kept, keepMemory, optimize, threads } = request;
      const tensors = await store();
      const whole =
        initializers.length > 0 ? withInitializers(model, initializers, tensors) : model;
      const location = Object.fromEntries(
        kept.map((name) => [name, /** @type {const} */ ('gpu-buffer')]),
      );
      const onDevice = settings.transfers && kept.length > 0;
      const options = {
        ...sessionOptions,
        ...(threads !== undefined && { intraOpNumThreads: threads }),
        enableCpuMemArena: keepMemory,
        ...(!optimize && { graphOptimizationLevel: /** @type {const} */ ('disabled') }),
        ...notes?.sessionOptions(session),
        ...(onDevice && { preferredOutputLocation: location }),
      };
      sessions.set(session, await InferenceSession.create(whole, options));
      if (onDevice) bound.add(session);
      return {};
    }
    case 'release':
      notes?.endProfile(sessions.get(request.session));
      await sessions.get(request.session)?.release();
      sessions.delete(request.session);
      bound.delete(request.session);
      return {};
    case 'run':
      return run(request);
    case 'put':
      (await store()).put(request.name, request.data);
      return {};
    case 'get': {
      if (request.into) {
        await (await store()).copy(request.name, request.into);
        return {};
      }
      const data = await (await store()).get(request.name);
      return { value: data, transfer: [/** @type {ArrayBuffer} */ (data.buffer)] };
    }
    case 'share':
      await (await store()).share(request.from, request.to);
      return {};
    case 'zeros':
      (await store()).zeros(request.name, request.length);
      return {};
    case 'fill':
      (await store()).fill(request.name, request.value);
      return {};
    case 'add':
      (await store()).add(request.name, request.data);
      return {};
    case 'squares':
      return { value: (await store()).squares(request.name) };
    case 'adamw':
      (await store()).adamw(request);
      return {};
    case 'delete':
      (await store()).delete(request.name);
      return {};
    case 'notes':
      for (const session of sessions.values()) notes?.endProfile(session);
      return { value: notes?.take() ?? [] };
    case 'memory': {
      const { heapUsed, heapTotal, arrayBuffers } = process.memoryUsage();
      return { value: { stored: (await store()).sizes(), heapUsed, heapTotal, arrayBuffers } };
    }
  }
}

/** Requests are answered one after another: at most one session is busy. */
let queue = Promise.resolve();

parentPort?.on(
  'message',
  (/** @type {{ id: number, request: RuntimeRequest }} */ { id, request }) => {
    queue = queue.then(async () => {
      try {
        const { value, transfer } = await (notes?.note(request, () => answer(request)) ??
          answer(request));
        parentPort?.postMessage({ id, value }, transfer ?? []);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        parentPort?.postMessage({ id, error: message });
      }
    });
  },
);
