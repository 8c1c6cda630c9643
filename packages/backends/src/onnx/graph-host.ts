/** What runs graphs and keeps tensors from run to run: an engine's way to the library that computes. */
import type { GraphBuilder } from './graph/builder.ts';
import type {
  Feed,
  Fetch,
  ReturnedTensor,
  StoredInitializer,
  TensorData,
} from './session-messages.ts';

/** A compiled graph. */
export interface SessionHandle {
  readonly id: number;
}

/** A store of flat tensors by name, and sessions that read and write stretches of them. */
export interface GraphHost {
  /** Library, device and threads, for people to read. */
  readonly description: string;
  /** Whether runs are faster with weights that are constants of their session. */
  readonly prefersConstants: boolean;
  /**
   * Compiles a graph.
   *
   * @param initializers stored stretches that the session holds as constants; later changes of the store are not seen.
   */
  createSession(
    model: GraphBuilder,
    initializers?: readonly StoredInitializer[],
  ): Promise<SessionHandle>;
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
  /** A stored tensor. */
  get(name: string): Promise<TensorData>;
  /** Sets every element of a stored tensor. */
  fill(name: string, value: number): Promise<void>;
  delete(name: string): Promise<void>;
  dispose(): Promise<void>;
}
