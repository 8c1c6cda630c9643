/** Defines the messages between the main thread and the session worker. */
import type { AdamWNumber } from '../../engine/adamw.ts';
import type { CompiledModule } from '../../wasm/emit/web-assembly.ts';

/** Data that crosses, or stays in the worker's store. */
export type TensorData = Float32Array | Int32Array | BigInt64Array | Uint8Array;

/** Element types of feeds, by their names in ONNX Runtime. */
export type FeedType = 'float32' | 'int32' | 'int64' | 'bool';

/** An input of a run: data in the message, or a segment of a stored tensor from `offset` on. */
export type Feed = {
  readonly type: FeedType;
  readonly shape: readonly number[];
} & ({ readonly data: TensorData } | { readonly stored: string; readonly offset?: number });

/**
 * The destination of an output: sent back, stored under a name (with an offset, as a segment of an existing tensor), or added to a segment
 * of a stored float32 tensor.
 */
export type Fetch =
  | 'return'
  | { readonly store: string; readonly offset?: number }
  | { readonly addTo: string; readonly offset: number; readonly shape: readonly number[] };

/** One AdamW update of stored arrays of one length, in place. */
export interface AdamWRequest {
  readonly store: Readonly<Record<'current' | 'gradient' | 'mean' | 'square', string>>;
  readonly numbers: Readonly<Record<AdamWNumber, number>>;
}

/** Stored float32 segments, one after another, that a session holds as a constant under a name. */
export interface StoredInitializer {
  readonly name: string;
  readonly shape: readonly number[];
  readonly parts: readonly Feed[];
}

/** An output that was sent back. */
export interface ReturnedTensor<Data extends TensorData = TensorData> {
  readonly data: Data;
  readonly shape: readonly number[];
}

/** A request of the main thread to the worker. */
export type RuntimeRequest =
  | {
      readonly kind: 'create';
      readonly session: number;
      readonly model: Uint8Array;
      readonly initializers: readonly StoredInitializer[];
      /** Outputs that runs keep: on a device they stay there, and cannot be sent back. */
      readonly kept: readonly string[];
      /** Keep the memory of a run for the next one; otherwise it goes back at once. */
      readonly keepMemory: boolean;
      /** Let the library rewrite the graph before it runs. */
      readonly optimize: boolean;
      /** Threads within an operation; absent: those of the worker. */
      readonly threads?: number | undefined;
    }
  | { readonly kind: 'release'; readonly session: number }
  | {
      readonly kind: 'run';
      readonly session: number;
      readonly feeds: Readonly<Record<string, Feed>>;
      readonly fetches: Readonly<Record<string, Fetch>>;
    }
  /** Data in shared memory is copied. */
  | { readonly kind: 'put'; readonly name: string; readonly data: TensorData }
  /** A copy, or in shared memory of the tensor's length, which then holds it. */
  | { readonly kind: 'get'; readonly name: string; readonly into?: Float32Array | undefined }
  | { readonly kind: 'share'; readonly from: string; readonly to: string }
  | { readonly kind: 'zeros'; readonly name: string; readonly length: number }
  | { readonly kind: 'fill'; readonly name: string; readonly value: number }
  /** Adds to a stored float32 array of the same length. */
  | { readonly kind: 'add'; readonly name: string; readonly data: TensorData }
  | { readonly kind: 'squares'; readonly name: string }
  | ({ readonly kind: 'adamw' } & AdamWRequest)
  | { readonly kind: 'delete'; readonly name: string }
  /** Ends the profiles of all sessions, and requests the notes so far. */
  | { readonly kind: 'notes' }
  | { readonly kind: 'memory' };

/** A worker's note of a request. */
export interface WorkNote {
  readonly kind: RuntimeRequest['kind'];
  readonly session?: number;
  /** Names of the outputs of a run. */
  readonly fetches?: readonly string[];
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The time of the whole request, and the library's share of it: the rest is copies and JavaScript. */
  readonly ms: number;
  readonly libraryMs: number;
  /** Its growth of the resident memory of the process. */
  readonly residentBytes: number;
}

/** The contents of a worker's memory. */
export interface WorkerMemory {
  /** Bytes of each stored tensor; an array with two names counts under the first. */
  readonly stored: Readonly<Record<string, number>>;
  /** The JavaScript heap, and the bytes of arrays outside it, stored tensors included. */
  readonly heapUsed: number;
  readonly heapTotal: number;
  readonly arrayBuffers: number;
}

/** Models with output `y` that move a vector to a device or back (`x`), and add two (`a`, `b`) there. */
export interface TransferModels {
  readonly identity: Uint8Array;
  readonly sum: Uint8Array;
}

/** The optimizer's arithmetic on arrays of the host, compiled. */
export interface UpdateKernels {
  readonly module: CompiledModule;
  /** The numbers in the order in which `adamw` takes them. */
  readonly numbers: readonly AdamWNumber[];
}

/** The start settings of the worker. */
export interface WorkerSettings {
  /** The optimizer's arithmetic on the host. */
  readonly updates: UpdateKernels;
  /** Threads within an operation. */
  readonly threads: number;
  /** Threads spin while they wait for work, rather than sleep. */
  readonly spin: boolean;
  /** The main thread has switched off the library's usage reports; otherwise the worker has to. */
  readonly areReportsOff: boolean;
  readonly providers: readonly string[];
  /** Given, stored tensors stay in the memory of the first provider's device. */
  readonly transfers?: TransferModels;
  /** If given, the worker records notes of its work, and with a folder its sessions write profiles there. */
  readonly notes?: NoteSettings;
}

/** The notes that a worker records. */
export interface NoteSettings {
  /** Folder for ONNX Runtime's profiles, which slow down small operations. Default: none. */
  readonly profiles?: string;
}

/** The worker's reply to a request. */
export type RuntimeReply =
  | { readonly id: number; readonly value?: unknown; readonly error?: undefined }
  | { readonly id: number; readonly error: string; readonly value?: undefined };
