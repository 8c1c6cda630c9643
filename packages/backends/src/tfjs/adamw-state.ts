/**
 * Keeps the weights in training with their gradient and moments on the device, and performs the optimizer step on them, parameter by
 * parameter. One vector of all would have to be split again, which some backends do by copying all of it for every part.
 */
import { LociError } from '@loci/core';
import type { OptimStepParameters, OptimStepResult } from '@loci/core';
import { adamwNumbers, adamwUpdate } from '../engine/adamw.ts';
import type { Moments } from '../weights/model-folder.ts';
import type { ParameterArena } from '../weights/parameter-arena.ts';
import { tfjsElementOps } from './ops/element-ops.ts';
import { downloadParameters, uploadParameters } from './parameter-tensors.ts';
import type { ParameterTensors } from './parameter-tensors.ts';
import { takeFloats } from './tf.ts';
import type { Tensor, Tf } from './tf.ts';

/** The tensors that training changes. Nothing else keeps them past a run. */
export class AdamWState {
  /** The current weights. */
  parameters: ParameterTensors;
  readonly #tf: Tf;
  readonly #arena: ParameterArena;
  #mean: ParameterTensors;
  #square: ParameterTensors;
  /** By place in the arena; absent where no gradient was added. */
  readonly #gradient = new Map<number, Tensor>();
  #step = 0;

  constructor(tf: Tf, arena: ParameterArena, weights: Float32Array) {
    this.#tf = tf;
    this.#arena = arena;
    this.parameters = uploadParameters(tf, arena, weights);
    this.#mean = this.#uploaded();
    this.#square = this.#uploaded();
  }

  /** Replaces weights, moments and step; drops the gradient. */
  set(weights: Float32Array, moments?: Moments): void {
    this.dispose();
    this.parameters = uploadParameters(this.#tf, this.#arena, weights);
    this.#mean = this.#uploaded(moments?.mean);
    this.#square = this.#uploaded(moments?.square);
    this.#step = moments?.step ?? 0;
  }

  /** Adds the gradients of a run; null for a parameter without an effect on the loss. Call it within a `tidy`. */
  accumulate(gradients: readonly (Tensor | null)[]): void {
    for (const [index, added] of gradients.entries()) {
      if (!added) continue;
      const before = this.#gradient.get(index);
      this.#gradient.set(index, this.#tf.keep(before ? this.#tf.add(before, added) : added));
      before?.dispose();
    }
  }

  clearGradient(): void {
    for (const gradient of this.#gradient.values()) gradient.dispose();
    this.#gradient.clear();
  }

  /** Applies the gradient and clears it; with a norm that is not finite it only clears it. */
  async apply(settings: OptimStepParameters): Promise<OptimStepResult> {
    const tf = this.#tf;
    const squares = tf.tidy(() => {
      const { sumOfSquares } = tfjsElementOps(tf);
      const each = [...this.#gradient.values()].map(sumOfSquares);
      return each.length > 0 ? tf.sum(tf.stack(each)) : tf.scalar(0);
    });
    const gradNorm = Math.sqrt((await takeFloats(squares))[0]!);
    const applied = Number.isFinite(gradNorm);
    if (applied) this.#update(settings, gradNorm);
    this.clearGradient();
    return { gradNorm, applied };
  }

  /** The current weights in arena order. */
  weights(): Promise<Float32Array> {
    return downloadParameters(this.#arena, this.parameters);
  }

  async moments(): Promise<Moments> {
    return {
      mean: await downloadParameters(this.#arena, this.#mean),
      square: await downloadParameters(this.#arena, this.#square),
      step: this.#step,
    };
  }

  /** The accumulated gradient in arena order. */
  async gradient(): Promise<Float32Array> {
    const whole = new Float32Array(this.#arena.size);
    for (const [index, gradient] of this.#gradient) {
      whole.set(await gradient.data<'float32'>(), this.#arena.entries[index]!.offset);
    }
    return whole;
  }

  dispose(): void {
    this.clearGradient();
    this.#tf.dispose([...this.parameters, ...this.#mean, ...this.#square]);
  }

  /** A moment of each parameter; by default zeros. */
  #uploaded(values?: Float32Array): ParameterTensors {
    const given = values ?? new Float32Array(this.#arena.size);
    return uploadParameters(this.#tf, this.#arena, given);
  }

  #update(settings: OptimStepParameters, gradNorm: number): void {
    const tf = this.#tf;
    const ops = tfjsElementOps(tf);
    const numbers = adamwNumbers(settings, gradNorm, this.#step + 1);
    const before = [...this.parameters, ...this.#mean, ...this.#square];
    const updated = this.parameters.map((weight, index) =>
      tf.tidy(() => {
        const [mean, square] = [this.#mean[index], this.#square[index]];
        if (!mean || !square) throw new LociError('engine-failed', 'a parameter has no moments');
        const gradient = this.#gradient.get(index) ?? tf.zerosLike(weight);
        const state = { parameters: weight, mean, square };
        return { ...adamwUpdate(ops, state, gradient, (name) => tf.scalar(numbers[name])) };
      }),
    );
    this.parameters = updated.map(({ parameters }) => parameters);
    this.#mean = updated.map(({ mean }) => mean);
    this.#square = updated.map(({ square }) => square);
    this.#step++;
    tf.dispose(before);
  }
}
