/** Weights in training with their gradient and moments on the device, and the optimiser step on them. */
import { LociError } from '@loci/core';
import type { OptimStepParameters, OptimStepResult } from '@loci/core';
import { adamwNumbers, adamwUpdate } from '../policy/adamw.ts';
import type { Moments } from '../policy/model-folder.ts';
import type { ParameterArena } from '../policy/parameter-arena.ts';
import { tfjsElementOps } from './ops/element-ops.ts';
import { downloadParameters, flatten, unflatten, uploadParameters } from './parameter-tensors.ts';
import type { ParameterTensors } from './parameter-tensors.ts';
import type { Tensor, Tf } from './tf.ts';

/** What training changes. Nothing else holds on to its tensors past a run. */
export class AdamWState {
  /** The current weights. */
  parameters: ParameterTensors;
  readonly #tf: Tf;
  readonly #arena: ParameterArena;
  #mean: Tensor;
  #square: Tensor;
  /** Absent while nothing was added. */
  #gradient: Tensor | undefined;
  #step = 0;

  constructor(tf: Tf, arena: ParameterArena, weights: Float32Array) {
    this.#tf = tf;
    this.#arena = arena;
    this.parameters = uploadParameters(tf, arena, weights);
    this.#mean = tf.zeros([arena.size]);
    this.#square = tf.zeros([arena.size]);
  }

  /** Replaces weights, moments and step; drops the gradient. */
  set(weights: Float32Array, moments?: Moments): void {
    const { size } = this.#arena;
    const flat = (values?: Float32Array) =>
      values ? this.#tf.tensor1d(values.slice()) : this.#tf.zeros([size]);
    this.dispose();
    this.parameters = uploadParameters(this.#tf, this.#arena, weights);
    this.#mean = flat(moments?.mean);
    this.#square = flat(moments?.square);
    this.#step = moments?.step ?? 0;
  }

  /** Adds the gradients of a run; null where the loss does not depend on a parameter. Called within a `tidy`. */
  accumulate(gradients: readonly (Tensor | null)[]): void {
    const added = flatten(this.#tf, this.#arena, gradients);
    const before = this.#gradient;
    this.#gradient = this.#tf.keep(before ? this.#tf.add(before, added) : added);
    before?.dispose();
  }

  clearGradient(): void {
    this.#gradient?.dispose();
    this.#gradient = undefined;
  }

  /** Applies the gradient and clears it; a norm that is not finite changes nothing but clears it too. */
  async apply(settings: OptimStepParameters): Promise<OptimStepResult> {
    const tf = this.#tf;
    const gradient = this.#gradient ?? tf.zeros([this.#arena.size]);
    this.#gradient = undefined;
    const squares = tf.tidy(() => tfjsElementOps(tf).sumOfSquares(gradient));
    const gradNorm = Math.sqrt((await squares.data<'float32'>())[0]!);
    squares.dispose();
    const applied = Number.isFinite(gradNorm);
    if (applied) this.#update(settings, gradient, gradNorm);
    gradient.dispose();
    return { gradNorm, applied };
  }

  /** The current weights in arena order. */
  weights(): Promise<Float32Array> {
    return downloadParameters(this.#arena, this.parameters);
  }

  async moments(): Promise<Moments> {
    const [mean, square] = await Promise.all(
      [this.#mean, this.#square].map(async (moment) => (await moment.data<'float32'>()).slice()),
    );
    return { mean: mean!, square: square!, step: this.#step };
  }

  /** The accumulated gradient in arena order. */
  async gradient(): Promise<Float32Array> {
    const values = await this.#gradient?.data<'float32'>();
    return values?.slice() ?? new Float32Array(this.#arena.size);
  }

  dispose(): void {
    this.clearGradient();
    for (const tensor of [...this.parameters, this.#mean, this.#square]) tensor.dispose();
  }

  #update(settings: OptimStepParameters, gradient: Tensor, gradNorm: number): void {
    const tf = this.#tf;
    const ops = tfjsElementOps(tf);
    const numbers = adamwNumbers(settings, gradNorm, this.#step + 1);
    const before = [...this.parameters, this.#mean, this.#square];
    const updated = tf.tidy(() => {
      const { parameters, mean, square } = adamwUpdate(
        ops,
        {
          parameters: flatten(tf, this.#arena, this.parameters),
          mean: this.#mean,
          square: this.#square,
        },
        gradient,
        (name) => tf.scalar(numbers[name]),
      );
      return [mean, square, ...unflatten(tf, this.#arena, parameters)];
    });
    const [mean, square, ...parameters] = updated;
    if (!mean || !square) throw new LociError('engine-failed', 'the update has no moments');
    [this.#mean, this.#square, this.parameters] = [mean, square, parameters];
    this.#step++;
    for (const tensor of before) tensor.dispose();
  }
}
