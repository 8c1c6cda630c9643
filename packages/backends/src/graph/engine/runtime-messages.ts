/** What the main thread and the session worker say to each other. */
import type { AdamWNumber } from '../../engine/adamw.ts';
import type { CompiledModule } from '../../wasm/emit/web-assembly.ts';

/** Data that crosses, or stays in the worker's store. */
export type TensorData = Float32Array | Int32Array | BigInt64Array | Uint8Array;

/** Element types of feeds, in ONNX Runtime's words. */
export type FeedType = 'float32' | 'int32' | 'int64' | 'bool';

/** An input of a run: data sent along, or a stretch of a stored tensor from `offset` on. */
export type Feed = {
  readonly type: FeedType;
  readonly shape: readonly number[];
} & ({ readonly data: TensorData } | { readonly stored: string; readonly offset?: number });

/**
 * What becomes of an output: sent back, kept under a name (with an offset in place of a stretch of what is there), or added to a
 * stretch of a stored float32 tensor.
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

/** Stored float32 stretches, one after another, that a session holds as a constant under a name. */
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

/** What the main thread asks of the worker. */
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
  | { readonly kind: 'put'; readonly name: string; readonly data: TensorData }
  | { readonly kind: 'get'; readonly name: string }
  | { readonly kind: 'share'; readonly from: string; readonly to: string }
  | { readonly kind: 'zeros'; readonly name: string; readonly length: number }
  | { readonly kind: 'fill'; readonly name: string; readonly value: number }
  /** Adds to a stored float32 array of the same length. */
  | { readonly kind: 'add'; readonly name: string; readonly data: TensorData }
  | { readonly kind: 'squares'; readonly name: string }
  | ({ readonly kind: 'adamw' } & AdamWRequest)
  | { readonly kind: 'delete'; readonly name: string }
  /** Ends the profiles of all sessions, and asks for the notes so far. */
  | { readonly kind: 'notes' }
  | { readonly kind: 'memory' };

/** What a worker notes of a request, where it takes notes. */
export interface WorkNote {
  readonly kind: RuntimeRequest['kind'];
  readonly session?: number;
  /** Names of the outputs of a run. */
  readonly fetches?: readonly string[];
  /** Milliseconds since 1970. */
  readonly at: number;
  /** All of the request, and what the library took of it: the rest is copies and JavaScript. */
  readonly ms: number;
  readonly libraryMs: number;
  /** What it added to the resident memory of the process. */
  readonly residentBytes: number;
}

/** What lies in a worker's memory. */
export interface WorkerMemory {
  /** Bytes of each stored tensor; an array with two names counts under the first. */
  readonly stored: Readonly<Record<string, number>>;
  /** Heap of JavaScript, and what its arrays hold outside of it, stored tensors included. */
  readonly heapUsed: number;
  readonly heapTotal: number;
  readonly arrayBuffers: number;
}

/** Models with output `y` that move a vector to a device or back (`x`), and add two (`a`, `b`) there. */
export interface TransferModels {
  readonly identity: Uint8Array;
  readonly sum: Uint8Array;
}

/** The optimiser's arithmetic on arrays of the host, compiled. */
export interface UpdateKernels {
  readonly module: CompiledModule;
  /** The numbers in the order in which `adamw` takes them. */
  readonly numbers: readonly AdamWNumber[];
}

/** What the worker is started with. */
export interface WorkerSettings {
  /** The optimiser's arithmetic on the host. */
  readonly updates: UpdateKernels;
  /** Threads within an operation. */
  readonly threads: number;
  /** They wait for work by spinning rather than sleep. */
  readonly spin: boolean;
  /** The library's usage reports were switched off by the main thread; else the worker has to. */
  readonly areReportsOff: boolean;
  readonly providers: readonly string[];
  /** Given, stored tensors stay in the memory of the first provider's device. */
  readonly transfers?: TransferModels;
  /** Given, the worker takes notes of its work, and with a folder its sessions write profiles there. */
  readonly notes?: NoteSettings;
}

/** Which notes a worker takes. */
export interface NoteSettings {
  /** Of ONNX Runtime's profiles, which slow small operations down. Default: none. */
  readonly profiles?: string;
}

/** The worker's reply to a request. */
export type RuntimeReply =
  | { readonly id: number; readonly value?: unknown; readonly error?: undefined }
  | { readonly id: number; readonly error: string; readonly value?: undefined };
