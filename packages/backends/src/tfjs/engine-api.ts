/** Defines the interface of a TensorFlow.js engine, which `tfjs-engine.ts` implements, in this thread or in a worker. */
import type { EncodedMedia, EncodedPrompt } from '@loci/core';
import type { GeneratedChunk, Generation } from '../engine/generation.ts';
import type { InspectedFeatures, PolicyEngine } from '../engine/policy-engine.ts';

/** Tensors that the library holds. */
export interface TfjsMemory {
  readonly tensors: number;
  readonly bytes: number;
}

/** A policy engine with its generation loop, and with inspection for parity checks and tests. */
export interface TfjsEngineApi extends PolicyEngine {
  /** Memory limit of one run. */
  readonly maxRunBytes: number;
  generate(generation: Generation): AsyncIterable<GeneratedChunk>;
  clearGradients(): Promise<void>;
  /** The accumulated gradients in arena order. */
  gradients(): Promise<Float32Array>;
  /** Vision features in the order of the prompt. */
  features(media: readonly EncodedMedia[]): Promise<InspectedFeatures>;
  /** Logits `[prompt tokens, vocabulary]` of a prompt. */
  logits(prompt: EncodedPrompt): Promise<Float32Array>;
  /** The library's tensors, of this and every other engine in the same thread. */
  memory(): Promise<TfjsMemory>;
}
