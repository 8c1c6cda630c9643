/** What runs graphs and keeps tensors from run to run: an engine's way to the library that computes. */
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

/** What a session is made with beside its graph. */
export interface SessionParts {
  /**
   * Stored stretches that the session holds as constants, which ONNX Runtime can lay out for speed; they are copied, so later
   * changes of the store are not seen.
   */
  readonly constants?: readonly StoredInitializer[];
  /** Outputs that runs keep: on a device they stay there, and cannot be returned. */
  readonly kept?: readonly string[];
  /**
   * Whether what a run takes is kept for the next one: quicker for small runs, and for large ones as much memory again for
   * every session. Default: true.
   */
  readonly keepMemory?: boolean;
  /** Whether the library may rewrite the graph before it runs: quicker runs, and a session that takes longer to make. Default: true. */
  readonly optimize?: boolean;
  /** Threads within an operation. Default: those of the runtime. */
  readonly threads?: number;
}

/** Arithmetic on whole stored arrays, where they lie. */
export interface InPlaceArithmetic {
  /** Adds float32 data of the array's length to it. @param data handed over, empty afterwards. */
  add(name: string, data: TensorData): Promise<void>;
  /** The sum of squares of an array. */
  squares(name: string): Promise<number>;
  /** One AdamW update; the gradient stays as it is. */
  adamw(request: AdamWRequest): Promise<void>;
}

/** A store of flat tensors by name, and sessions that read and write stretches of them. */
export interface GraphRuntime {
  /** Library, device and threads, for people to read. */
  readonly description: string;
  /** Why it runs where it runs, for people to read; absent where there was nothing to choose. */
  readonly reason?: string;
  /** Whether stored tensors stay in the memory of a device, one allocation each. */
  readonly onDevice: boolean;
  /** Whether runs are faster with weights that are constants of their session. */
  readonly prefersConstants: boolean;
  /** Compiles a graph. */
  createSession(model: GraphBuilder, parts?: SessionParts): Promise<SessionHandle>;
  releaseSession(session: SessionHandle): Promise<void>;
  /** Runs a session; gives back the outputs whose fetch is `return`. */
  run(
    session: SessionHandle,
    feeds: Readonly<Record<string, Feed>>,
    fetches: Readonly<Record<string, Fetch>>,
  ): Promise<Readonly<Record<string, ReturnedTensor>>>;
  /** Stores a tensor under a name. */
  put(name: string, data: TensorData): Promise<void>;
  /** Stores an array that the caller gives away. */
  give(name: string, data: TensorData): Promise<void>;
  /** Stores zeros. */
  zeros(name: string, length: number): Promise<void>;
  /** Gives a stored tensor a second name; what later takes the place of one leaves the other. */
  share(from: string, to: string): Promise<void>;
  /** A stored tensor. */
  get(name: string): Promise<TensorData>;
  /** Sets every element of a stored tensor. */
  fill(name: string, value: number): Promise<void>;
  delete(name: string): Promise<void>;
  /** The optimiser's arithmetic on stored arrays in place; absent where graphs have to do it. */
  readonly inPlace?: InPlaceArithmetic | undefined;
  dispose(): Promise<void>;
}
