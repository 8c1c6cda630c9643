/**
 * Implements the engine on native TensorFlow's CPU: runs the graphs of the ONNX engine, with their gradients in them, in sessions of
 * TensorFlow. A training run is one call into the library, and so is a chunk of tokens. Single calls of operations would double the time.
 */
import type {
  EncodedMedia,
  EncodedPrompt,
  ForwardBackwardResult,
  Loss,
  OptimStepParameters,
  OptimStepResult,
  PolicyGroup,
  TokenFigures,
  TokenReadout,
  TrainingGroup,
} from '@loci/core';
import type { Model, TunedModel } from '../../models/spec/model.ts';
import { generate } from '../../graph/decode/by-chunk.ts';
import { ChunkSessions } from '../../graph/decode/chunk-sessions.ts';
import { inspectFeatures, inspectLogits } from '../../graph/engine/inspection.ts';
import { GraphEngine } from '../../graph/engine/graph-engine.ts';
import { STORE } from '../../graph/engine/optimizer.ts';
import type { GeneratedChunk, Generation } from '../../engine/generation.ts';
import type { Moments } from '../../weights/model-folder.ts';
import type { ModelWeights } from '../../weights/model-weights.ts';
import type { ParameterArena } from '../../weights/parameter-arena.ts';
import type { InspectedFeatures, WeightSet } from '../../engine/policy-engine.ts';
import type { Tuning } from '../../ops/tuning.ts';
import type { TfjsEngineApi, TfjsMemory } from '../engine-api.ts';
import type { StartedBackend } from '../start/backend.ts';
import type { TfjsEngineSettings } from '../running-model.ts';
import { TensorflowRuntime } from './tensorflow-runtime.ts';

/** The most compiled graphs to cache. */
const MAX_SESSIONS = 24;

/** One model and its optimizer in the memory of native TensorFlow. */
export class NativeEngine implements TfjsEngineApi {
  readonly description: string;
  readonly reason: string;
  readonly #backend: StartedBackend;
  readonly #engine: GraphEngine;
  readonly #chunks: ChunkSessions;

  private constructor(backend: StartedBackend, engine: GraphEngine) {
    this.description = backend.description;
    this.reason = `whole graphs; ${backend.reason}`;
    this.#backend = backend;
    this.#engine = engine;
    this.#chunks = new ChunkSessions(engine);
  }

  /**
   * @param backend a native one.
   * @param weights the trained ones, as current and as start weights, and the frozen ones.
   */
  static async start(
    backend: StartedBackend,
    tuned: TunedModel,
    weights: ModelWeights,
    settings: TfjsEngineSettings,
  ): Promise<NativeEngine> {
    const runtime = new TensorflowRuntime(backend.tf);
    const engine = await GraphEngine.start(runtime, tuned, weights, {
      ...settings,
      lowering: 'fused',
      maxSessions: MAX_SESSIONS,
    });
    return new NativeEngine(backend, engine);
  }

  get model(): Model {
    return this.#engine.model;
  }

  get tuning(): Tuning | undefined {
    return this.#engine.tuning;
  }

  get arena(): ParameterArena {
    return this.#engine.arena;
  }

  get maxRunBytes(): number {
    return this.#engine.settings.maxRunBytes;
  }

  logProbs(
    groups: readonly PolicyGroup[],
    weights: WeightSet,
    readout?: TokenReadout,
  ): Promise<TokenFigures> {
    return this.#engine.logProbs(groups, weights, readout);
  }

  forwardBackward(groups: readonly TrainingGroup[], loss: Loss): Promise<ForwardBackwardResult> {
    return this.#engine.forwardBackward(groups, loss);
  }

  optimStep(parameters: OptimStepParameters): Promise<OptimStepResult> {
    return this.#engine.optimStep(parameters);
  }

  generate(generation: Generation): AsyncGenerator<GeneratedChunk> {
    return generate(this.#engine, this.#chunks, generation);
  }

  weights(): Promise<Float32Array> {
    return this.#engine.weights();
  }

  moments(): Promise<Moments> {
    return this.#engine.moments();
  }

  setWeights(weights: Float32Array, moments?: Moments): Promise<void> {
    return this.#engine.setWeights(weights, moments);
  }

  clearGradients(): Promise<void> {
    return this.#engine.clearGradients();
  }

  async gradients(): Promise<Float32Array> {
    return (await this.#engine.runtime.get(STORE.gradient)) as Float32Array;
  }

  features(media: readonly EncodedMedia[]): Promise<InspectedFeatures> {
    return inspectFeatures(this.#engine, media);
  }

  logits(prompt: EncodedPrompt): Promise<Float32Array> {
    return inspectLogits(this.#engine, prompt);
  }

  async memory(): Promise<TfjsMemory> {
    const { numTensors, numBytes } = this.#backend.tf.memory();
    return { tensors: numTensors, bytes: numBytes };
  }

  dispose(): Promise<void> {
    return this.#engine.dispose();
  }
}
