/** Defines the runtime that runs graphs and stores tensors between runs, an engine's access to its library. */
import type { GraphBuilder } from '../ir/builder.ts';
import type {
  AdamWRequest,
  Feed,
  Fetch,
  ReturnedTensor,
  StoredInitializer,
  TensorData,
} from './runtime-messages.ts';

/** A compiled graph. */
export interface SessionHandle {
  readonly id: number;
}

/** The settings of a session besides its graph. */
export interface SessionParts {
  /**
   * Stored segments that the session holds as constants, which ONNX Runtime can lay out for speed; they are copied, so later
   * changes of the store are not seen.
   */
  readonly constants?: readonly StoredInitializer[];
  /** Outputs that runs keep: on a device they stay there, and cannot be returned. */
  readonly kept?: readonly string[];
  /**
   * Whether the memory of a run is kept for the next one. That is faster for small runs, but costs each session of large runs as much
   * memory again. Default: true.
   */
  readonly keepMemory?: boolean;
  /** Whether the library may rewrite the graph before it runs: faster runs, but slower compilation. Default: true. */
  readonly optimize?: boolean;
  /** Threads within an operation. Default: those of the runtime. */
  readonly threads?: number;
}

/** Arithmetic on whole stored arrays, where they lie. */
export interface InPlaceArithmetic {
  /** The sum of squares of an array. */
  squares(name: string): Promise<number>;
  /** One AdamW update; the gradient does not change. */
  adamw(request: AdamWRequest): Promise<void>;
}

/** Ways of float32 arrays through memory that threads share. */
export interface SharedWays {
  /** Copies a stored array into shared memory of its length. */
  read(name: string, into: Float32Array): Promise<void>;
  /** Stores a copy of an array in shared memory. */
  write(name: string, from: Float32Array): Promise<void>;
  /** Adds an array in shared memory to a stored one of its length. */
  add(name: string, from: Float32Array): Promise<void>;
}

/** A store of flat tensors by name, and sessions that read and write segments of them. */
export interface GraphRuntime {
  /** Library, device and threads, in words. */
  readonly description: string;
  /** The reason for its device, in words; absent where there was no choice. */
  readonly reason?: string;
  /** Whether stored tensors stay in the memory of a device, one allocation each. */
  readonly onDevice: boolean;
  /** Whether runs are faster with weights that are constants of their session. */
  readonly prefersConstants: boolean;
  /** Whether a session of a decoding graph takes any number of rows, so that completions that have ended can leave. */
  readonly resizesRows: boolean;
  /** Compiles a graph. */
  createSession(model: GraphBuilder, parts?: SessionParts): Promise<SessionHandle>;
  releaseSession(session: SessionHandle): Promise<void>;
  /** Runs a session; returns the outputs whose fetch is `return`. */
  run(
    session: SessionHandle,
    feeds: Readonly<Record<string, Feed>>,
    fetches: Readonly<Record<string, Fetch>>,
  ): Promise<Readonly<Record<string, ReturnedTensor>>>;
  /** Stores a tensor under a name. */
  put(name: string, data: TensorData): Promise<void>;
  /** Stores an array, which moves to the runtime. */
  give(name: string, data: TensorData): Promise<void>;
  /** Stores zeros. */
  zeros(name: string, length: number): Promise<void>;
  /** Gives a stored tensor a second name; replacing one later leaves the other. */
  share(from: string, to: string): Promise<void>;
  /** A stored tensor. */
  get(name: string): Promise<TensorData>;
  /** Sets every element of a stored tensor. */
  fill(name: string, value: number): Promise<void>;
  delete(name: string): Promise<void>;
  /** The optimizer's arithmetic on stored arrays in place; absent where graphs do it. */
  readonly inPlace?: InPlaceArithmetic | undefined;
  /** Absent where the store is not in the memory of the process. */
  readonly shared?: SharedWays | undefined;
  dispose(): Promise<void>;
}
