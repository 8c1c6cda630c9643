/** Defines the names of the backends of TensorFlow.js, and a started one. */
import type { Products } from '../ops/products.ts';
import type { Tf } from '../tf.ts';

/** The backends, fastest first. */
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
  /** Library, device and threads, in words. */
  readonly description: string;
  /** The reason for this one, in words. */
  readonly reason: string;
}
