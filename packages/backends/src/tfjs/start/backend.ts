/** The backends of TensorFlow.js by name, and one that was started. */
import type { Products } from '../ops/products.ts';
import type { Tf } from '../tf.ts';

/** What TensorFlow.js can run on here, fastest first. */
export const TFJS_ENGINES = ['node-gpu', 'node', 'webgpu', 'wasm', 'cpu'] as const;

/** A backend by the name that configs use. */
export type TfjsEngineName = (typeof TFJS_ENGINES)[number];

/** A backend that is ready, alone in its thread. */
export interface StartedBackend {
  readonly tf: Tf;
  readonly engine: TfjsEngineName;
  readonly products: Products;
  /** Bytes that tensors may take together before the backend breaks. */
  readonly memoryLimit: number;
  /** Library, device and threads, for people to read. */
  readonly description: string;
  /** Why this one, for people to read. */
  readonly reason: string;
}
