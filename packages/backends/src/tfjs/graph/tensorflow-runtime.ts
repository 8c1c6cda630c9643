/** Runs graphs in sessions of native TensorFlow, with stored tensors in the library's memory. Every call blocks its thread. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LociError, messageOf } from '@loci/core';
import { sizeOf } from '../../ops/shape.ts';
import type { GraphBuilder } from '../../graph/ir/builder.ts';
import type {
  GraphRuntime,
  SessionHandle,
  SessionParts,
} from '../../graph/engine/graph-runtime.ts';
import type {
  Feed,
  Fetch,
  ReturnedTensor,
  TensorData,
} from '../../graph/engine/runtime-messages.ts';
import type { Tensor, Tf } from '../tf.ts';
import { TAG } from './messages.ts';
import { savedModel } from './translate.ts';
import type { SavedModel } from './translate.ts';

/** The parts of `@tensorflow/tfjs-node`'s backend in use; its own `loadSavedModel` reads the file a second time, slowly. */
interface NodeBackend {
  loadSavedModelMetaGraph(folder: string, tags: string): number;
  deleteSavedModel(id: number): void;
  runSavedModel(
    id: number,
    inputs: readonly Tensor[],
    infos: readonly { readonly name: string }[],
    outputs: readonly string[],
  ): Tensor[];
  executeSingleOutput(name: string, attributes: readonly object[], inputs: Tensor[]): Tensor;
  readonly binding: Readonly<Record<string, number>>;
}

/** A flat stored tensor, with its segments from earlier runs. */
interface Stored {
  readonly whole: Tensor;
  readonly segments: Map<string, Tensor>;
}

type SentFeed = Extract<Feed, { readonly data: TensorData }>;
type StoredFeed = Extract<Feed, { readonly stored: string }>;

/** The key of a segment within its tensor. */
function keyOf({ offset = 0, shape }: StoredFeed): string {
  return `${offset} ${shape.join()}`;
}

/** A runtime in this thread. */
export class TensorflowRuntime implements GraphRuntime {
  readonly description = 'native TensorFlow';
  readonly prefersConstants = false;
  readonly resizesRows = false;
  readonly onDevice = false;
  readonly #tf: Tf;
  readonly #backend: NodeBackend;
  readonly #store = new Map<string, Stored>();
  readonly #sessions = new Map<number, Omit<SavedModel, 'bytes'>>();

  /** @param tf with a native backend active. */
  constructor(tf: Tf) {
    this.#tf = tf;
    this.#backend = tf.backend() as unknown as NodeBackend;
  }

  async createSession(
    model: GraphBuilder,
    { constants = [] }: SessionParts = {},
  ): Promise<SessionHandle> {
    if (constants.length > 0) {
      throw new LociError('engine-failed', 'sessions of TensorFlow cannot hold stored constants');
    }
    const folder = await mkdtemp(join(tmpdir(), 'loci-graph-'));
    try {
      const { bytes, ...ends } = savedModel(model);
      await writeFile(join(folder, 'saved_model.pb'), bytes);
      const id = this.#guarded(() => this.#backend.loadSavedModelMetaGraph(folder, TAG));
      this.#sessions.set(id, ends);
      return { id };
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  async releaseSession({ id }: SessionHandle): Promise<void> {
    if (this.#sessions.delete(id)) this.#backend.deleteSavedModel(id);
  }

  async run(
    { id }: SessionHandle,
    feeds: Readonly<Record<string, Feed>>,
    fetches: Readonly<Record<string, Fetch>>,
  ): Promise<Readonly<Record<string, ReturnedTensor>>> {
    const session = this.#sessions.get(id);
    if (!session) throw new LociError('engine-failed', `session ${id} was released`);
    const names = Object.keys(fetches);
    const nodes = names.map((name) => {
      const node = session.outputs.get(name);
      if (!node) throw new LociError('engine-failed', `session ${id} has no output "${name}"`);
      return node;
    });
    const infos = session.inputs.map(({ node }) => ({ name: node }));
    this.#cutSegments(Object.values(feeds));
    const sent: Tensor[] = [];
    let outputs: Tensor[];
    try {
      const inputs = session.inputs.map(({ feed: name, transposed }) => {
        const feed = feeds[name];
        if (!feed) throw new LociError('engine-failed', `session ${id} was not fed "${name}"`);
        if ('stored' in feed) return this.#segment(feed, transposed);
        const tensor = this.#upload(feed, transposed);
        sent.push(tensor);
        return tensor;
      });
      outputs = this.#guarded(() => this.#backend.runSavedModel(id, inputs, infos, nodes));
    } finally {
      this.#tf.dispose(sent);
    }
    const returned: Record<string, ReturnedTensor> = {};
    const sums = new Map<string, { readonly offset: number; readonly tensor: Tensor }[]>();
    names.forEach((name, index) => {
      const [fetch, tensor] = [fetches[name]!, outputs[index]!];
      if (fetch === 'return') {
        returned[name] = { data: tensor.dataSync().slice() as TensorData, shape: tensor.shape };
        tensor.dispose();
      } else if ('store' in fetch) this.#keep(fetch.store, tensor);
      else {
        const added = sums.get(fetch.addTo) ?? [];
        added.push({ offset: fetch.offset, tensor });
        sums.set(fetch.addTo, added);
      }
    });
    for (const [name, added] of sums) this.#add(name, added);
    return returned;
  }

  async put(name: string, data: TensorData): Promise<void> {
    this.#keep(name, this.#upload({ type: 'float32', shape: [data.length], data }));
  }

  give(name: string, data: TensorData): Promise<void> {
    return this.put(name, data);
  }

  async zeros(name: string, length: number): Promise<void> {
    this.#keep(name, this.#tf.zeros([length]));
  }

  async share(from: string, to: string): Promise<void> {
    this.#keep(to, this.#tf.clone(this.#stored(from).whole));
  }

  async get(name: string): Promise<TensorData> {
    return this.#stored(name).whole.dataSync().slice() as TensorData;
  }

  async fill(name: string, value: number): Promise<void> {
    this.#keep(name, this.#tf.fill([...this.#stored(name).whole.shape], value));
  }

  async delete(name: string): Promise<void> {
    const stored = this.#store.get(name);
    if (!stored) return;
    stored.whole.dispose();
    this.#tf.dispose([...stored.segments.values()]);
    this.#store.delete(name);
  }

  async dispose(): Promise<void> {
    for (const name of [...this.#store.keys()]) await this.delete(name);
    for (const id of this.#sessions.keys()) this.#backend.deleteSavedModel(id);
    this.#sessions.clear();
  }

  #guarded<Result>(run: () => Result): Result {
    try {
      return run();
    } catch (error) {
      throw new LociError('engine-failed', `TensorFlow failed: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }

  /**
   * A tensor in the library's own memory. One from `tf.tensor` shares the memory of its array, which only this thread may release, but a
   * session may keep its inputs a little longer than its run.
   */
  #upload({ data, shape, type }: SentFeed, transposed = false): Tensor {
    const tf = this.#tf;
    const dtype = type === 'int64' ? 'int32' : type;
    const values = data instanceof BigInt64Array ? Int32Array.from(data, Number) : data;
    const { TF_ATTR_TYPE, TF_FLOAT, TF_INT32, TF_BOOL } = this.#backend.binding;
    const value = { float32: TF_FLOAT, int32: TF_INT32, bool: TF_BOOL }[dtype];
    return tf.tidy(() => {
      const shared = tf.tensor(values, [...shape], dtype);
      if (transposed) return tf.transpose(shared);
      const attribute = { name: 'T', type: TF_ATTR_TYPE, value };
      return this.#backend.executeSingleOutput('DeepCopy', [attribute], [shared]);
    });
  }

  #stored(name: string): Stored {
    const stored = this.#store.get(name);
    if (!stored) throw new LociError('engine-failed', `no stored tensor "${name}"`);
    return stored;
  }

  #keep(name: string, tensor: Tensor): void {
    void this.delete(name);
    this.#store.set(name, { whole: tensor, segments: new Map() });
  }

  /**
   * Prepares the segments of stored tensors for a run, all of one tensor by one split. Where they begin and end on multiples of 64 bytes,
   * as in most models, that copies nothing.
   */
  #cutSegments(feeds: readonly Feed[]): void {
    const wanted = new Map<string, StoredFeed[]>();
    for (const feed of feeds) {
      if (!('stored' in feed) || this.#stored(feed.stored).segments.has(keyOf(feed))) continue;
      wanted.set(feed.stored, [...(wanted.get(feed.stored) ?? []), feed]);
    }
    for (const [name, missing] of wanted) {
      const { whole, segments } = this.#stored(name);
      const cuts = missing.flatMap(({ offset = 0, shape }) => [offset, offset + sizeOf(shape)]);
      const ends = [...new Set([0, ...cuts, whole.size])].sort((a, b) => a - b);
      const lengths = ends.slice(1).map((end, index) => end - ends[index]!);
      const kept = this.#tf.tidy(() => {
        const flat = this.#tf.reshape(whole, [whole.size]);
        const parts = lengths.length > 1 ? this.#tf.split(flat, lengths) : [flat];
        return missing.map(({ offset = 0, shape }) => {
          const size = sizeOf(shape);
          const part = parts[ends.indexOf(offset)]!;
          // Another segment may begin within this one.
          const own = part.size === size ? part : this.#tf.slice(flat, [offset], [size]);
          return this.#tf.reshape(own, [...shape]);
        });
      });
      missing.forEach((feed, index) => segments.set(keyOf(feed), kept[index]!));
    }
  }

  #segment(feed: StoredFeed, transposed: boolean): Tensor {
    const { segments } = this.#stored(feed.stored);
    const segment = segments.get(keyOf(feed))!;
    if (!transposed) return segment;
    const key = `transposed ${keyOf(feed)}`;
    const existing = segments.get(key);
    if (existing) return existing;
    const made = this.#tf.transpose(segment);
    segments.set(key, made);
    return made;
  }

  /** Adds tensors to segments of a stored one that do not overlap. */
  #add(name: string, added: readonly { readonly offset: number; readonly tensor: Tensor }[]): void {
    const tf = this.#tf;
    const { whole } = this.#stored(name);
    const parts: Tensor[] = [];
    let end = 0;
    const sum = tf.tidy(() => {
      const upTo = (offset: number) => {
        if (offset > end) parts.push(tf.zeros([offset - end]));
        end = offset;
      };
      for (const { offset, tensor } of [...added].sort((a, b) => a.offset - b.offset)) {
        upTo(offset);
        parts.push(tf.reshape(tensor, [tensor.size]));
        end += tensor.size;
      }
      upTo(whole.size);
      return tf.add(whole, tf.concat(parts));
    });
    tf.dispose(added.map(({ tensor }) => tensor));
    this.#keep(name, sum);
  }
}
