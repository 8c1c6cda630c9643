/**
 * Implements the engine on TensorFlow.js: a model's weights on the device, and the runs of a policy. Runs are synchronous except for
 * reading results, so it lives in a worker thread by default.
 */
import { LociError } from '@loci/core';
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
import type { BatchLayout, RunKind } from '../models/spec/batches.ts';
import type { CompletionFigures } from '../models/spec/graphs.ts';
import type { Model, TunedModel } from '../models/spec/model.ts';
import type { Weights } from '../models/spec/weights.ts';
import { weightsOf } from '../models/tuned-model.ts';
import type { HostTensors } from '../ops/host-tensor.ts';
import { lossInputs } from '../engine/loss-inputs.ts';
import { lossForm, lossOf } from '../engine/loss.ts';
import type { LossForm } from '../engine/loss.ts';
import { planMicroBatches } from '../engine/micro-batches.ts';
import type { MicroBatch } from '../engine/micro-batches.ts';
import { collectFigures, emptyFigures, PLAIN_READOUT, readoutOf } from '../engine/readout.ts';
import type { GeneratedChunk, Generation } from '../engine/generation.ts';
import type { Moments } from '../weights/model-folder.ts';
import type { ModelWeights } from '../weights/model-weights.ts';
import { parameterArena } from '../weights/parameter-arena.ts';
import type { ParameterArena } from '../weights/parameter-arena.ts';
import type { InspectedFeatures, WeightSet } from '../engine/policy-engine.ts';
import type { Tuning } from '../ops/tuning.ts';
import { AdamWState } from './adamw-state.ts';
import { generate } from './decode/generate.ts';
import type { TfjsEngineApi, TfjsMemory } from './engine-api.ts';
import { keepFigures, runForFigures, takeFigures } from './figures.ts';
import { uploadInputs } from './inputs.ts';
import { inspectFeatures, inspectLogits } from './inspection.ts';
import { tfjsElementOps } from './ops/element-ops.ts';
import { tfjsOps } from './ops/tfjs-ops.ts';
import type { RunningModel, TfjsEngineSettings } from './running-model.ts';
import { parametersOf, uploadFrozen } from './parameter-tensors.ts';
import type { ParameterTensors } from './parameter-tensors.ts';
import type { StartedBackend } from './start/backend.ts';
import { takeFloats } from './tf.ts';
import type { Tensor, Tf } from './tf.ts';

/** Copies of the trained weights: weights, start weights, gradient and two moments, and as much again during an update. */
const TRAINING_COPIES = 10;
/** The same five copies, and the transposed weights for generation. */
const GENERATION_COPIES = 6;
/** Frozen weights, and the transposed ones for generation. */
const FROZEN_COPIES = 2;

/** One model and its optimizer in the memory of a started backend. */
export class TfjsEngine implements TfjsEngineApi, RunningModel {
  readonly model: Model;
  readonly tuning: Tuning | undefined;
  readonly arena: ParameterArena;
  readonly backend: StartedBackend;
  readonly settings: TfjsEngineSettings;
  readonly #tf: Tf;
  readonly #state: AdamWState;
  readonly #start: ParameterTensors;
  readonly #frozen: ReadonlyMap<string, Tensor>;
  #disposed = false;

  private constructor(
    backend: StartedBackend,
    tuned: TunedModel,
    trained: Float32Array,
    frozen: ReadonlyMap<string, Tensor>,
    settings: TfjsEngineSettings,
  ) {
    this.backend = backend;
    this.model = tuned.model;
    this.tuning = tuned.tuning;
    this.settings = settings;
    this.arena = parameterArena(tuned);
    this.#tf = backend.tf;
    this.#state = new AdamWState(backend.tf, this.arena, trained);
    // A clone shares the memory of its tensor until either is disposed of.
    this.#start = this.#state.parameters.map((tensor) => tensor.clone());
    this.#frozen = frozen;
  }

  /** Uploads the weights: the trained ones as current and as start weights, the frozen ones once. */
  static async start(
    backend: StartedBackend,
    tuned: TunedModel,
    { trained, frozen }: ModelWeights,
    settings: TfjsEngineSettings,
  ): Promise<TfjsEngine> {
    const uploaded = await uploadFrozen(backend.tf, frozen);
    return new TfjsEngine(backend, tuned, trained, uploaded, settings);
  }

  get description(): string {
    return this.backend.description;
  }

  get reason(): string {
    return this.backend.reason;
  }

  get maxRunBytes(): number {
    return this.settings.maxRunBytes;
  }

  /** The weights in training, by name, until the next step. @throws LociError `engine-stopped`. */
  get currentWeights(): Weights<Tensor> {
    this.#refuseOnceDisposed();
    return this.#weights(this.#state.parameters);
  }

  async logProbs(
    groups: readonly PolicyGroup[],
    weights: WeightSet,
    readout: TokenReadout = PLAIN_READOUT,
  ): Promise<TokenFigures> {
    const figures = emptyFigures(groups, readout);
    const tensors = weights === 'current' ? this.#state.parameters : this.#start;
    for (const batch of this.#plan(groups, readout)) {
      const found = this.#read(batch.layout, this.#inputs(batch, groups), tensors, readout);
      collectFigures(figures, batch, groups, await takeFigures(found));
    }
    return figures;
  }

  async forwardBackward(
    groups: readonly TrainingGroup[],
    loss: Loss,
  ): Promise<ForwardBackwardResult> {
    const readout = readoutOf(loss);
    const figures = emptyFigures(groups, readout);
    let total = 0;
    for (const batch of this.#plan(groups, readout)) {
      const members = batch.members.map((index) => groups[index]!);
      const inputs = {
        ...this.#inputs(batch, groups),
        ...lossInputs(batch.layout, members, batch.real, loss),
      };
      const found = this.#differentiate(batch.layout, inputs, lossForm(loss), readout);
      total += (await takeFloats(found.value))[0]!;
      collectFigures(figures, batch, groups, await takeFigures(found));
    }
    return { loss: total, ...figures };
  }

  async optimStep(parameters: OptimStepParameters): Promise<OptimStepResult> {
    this.#refuseOnceDisposed();
    return this.#state.apply(parameters);
  }

  generate(generation: Generation): AsyncGenerator<GeneratedChunk> {
    this.#refuseTooLarge(generation.layout, GENERATION_COPIES);
    return generate(this, generation);
  }

  weights(): Promise<Float32Array> {
    return this.#state.weights();
  }

  moments(): Promise<Moments> {
    return this.#state.moments();
  }

  async setWeights(weights: Float32Array, moments?: Moments): Promise<void> {
    this.#state.set(weights, moments);
  }

  async clearGradients(): Promise<void> {
    this.#state.clearGradient();
  }

  gradients(): Promise<Float32Array> {
    return this.#state.gradient();
  }

  features(media: readonly EncodedMedia[]): Promise<InspectedFeatures> {
    return inspectFeatures(this, media);
  }

  logits(prompt: EncodedPrompt): Promise<Float32Array> {
    return inspectLogits(this, prompt);
  }

  async memory(): Promise<TfjsMemory> {
    const { numTensors, numBytes } = this.#tf.memory();
    return { tensors: numTensors, bytes: numBytes };
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    this.#state.dispose();
    for (const tensor of [...this.#start, ...this.#frozen.values()]) tensor.dispose();
  }

  #weights(trained: ParameterTensors): Weights<Tensor> {
    return weightsOf(this, parametersOf(this.arena, trained, this.#frozen));
  }

  #refuseOnceDisposed(): void {
    if (!this.#disposed) return;
    throw new LociError('engine-stopped', 'the TensorFlow.js engine was disposed of');
  }

  #plan(groups: readonly PolicyGroup[], { entropies }: TokenReadout): MicroBatch[] {
    this.#refuseOnceDisposed();
    const { maxRunBytes } = this.settings;
    const batches = planMicroBatches(groups, this.model.batches, maxRunBytes, { entropies });
    for (const { layout } of batches) this.#refuseTooLarge(layout, TRAINING_COPIES, { entropies });
    return batches;
  }

  /** @throws LociError `run-too-large` for a run beyond the backend's memory; some backends would fail silently. */
  #refuseTooLarge(layout: BatchLayout, parameterCopies: number, kind: RunKind = {}): void {
    const { engine, memoryLimit } = this.backend;
    const { size, frozenSize } = this.arena;
    const parameters = 4 * (parameterCopies * size + FROZEN_COPIES * frozenSize);
    const bytes = this.model.batches.bytes(layout, kind) + parameters;
    if (bytes <= memoryLimit) return;
    const [needed, held] = [bytes, memoryLimit].map((count) => Math.round(count / 2 ** 20));
    throw new LociError(
      'run-too-large',
      `a group of these lengths needs about ${needed} MB, but the ${engine} backend holds ${held}: shorten prompts and completions, use fewer completions per prompt, or a native engine`,
    );
  }

  #inputs({ layout, members }: MicroBatch, groups: readonly PolicyGroup[]): HostTensors {
    const own = members.map((index) => groups[index]!);
    return this.model.batches.tensors(layout, own, this.settings.positionRule);
  }

  /** The figures of a run without gradients. */
  #read(
    layout: BatchLayout,
    tensors: HostTensors,
    trained: ParameterTensors,
    readout: TokenReadout,
  ): CompletionFigures<Tensor> {
    const tf = this.#tf;
    const { graphs } = this.model;
    return runForFigures(tf, () => {
      const ops = tfjsOps(tf, this.backend.products);
      const declare = uploadInputs(tf, tensors);
      return graphs.figures(ops, this.#weights(trained), layout, declare, readout);
    });
  }

  /** Loss `[]` and figures of a run; its gradients are added to the accumulated ones. */
  #differentiate(
    layout: BatchLayout,
    tensors: HostTensors,
    form: LossForm,
    readout: TokenReadout,
  ): CompletionFigures<Tensor> & { readonly value: Tensor } {
    const tf = this.#tf;
    const { graphs } = this.model;
    const { parameters } = this.#state;
    const kept: { figures?: CompletionFigures<Tensor> } = {};
    const frozen = new Set(this.#frozen.values());
    const loss = tf.tidy(() => {
      const declare = uploadInputs(tf, tensors);
      const forward = () => {
        const ops = tfjsOps(tf, this.backend.products, { frozen });
        const found = graphs.figures(ops, this.#weights(parameters), layout, declare, readout);
        kept.figures = keepFigures(tf, found);
        return lossOf(tfjsElementOps(tf), form, found, found.logProbs.shape, declare);
      };
      // This is the function that `variableGrads` calls; that one requires variables, whose assignments copy.
      const { value, grads } = tf.engine().gradients(forward, [...parameters], undefined, true);
      this.#state.accumulate(grads);
      return value;
    });
    return { value: loss, ...kept.figures! };
  }
}
