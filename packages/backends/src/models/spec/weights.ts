/** The parameters of a model: their names, which of them can be adapted, and how a graph of the model gets at them. */
import type { Tuning } from '../../ops/tuning.ts';

/** Name and shape of a parameter. */
export interface ParameterSpec {
  readonly name: string;
  readonly shape: readonly number[];
}

/** A linear layer under its published name, without `.weight`. */
export interface LinearLayerSpec {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
}

/** All parameters of a model under the names of published checkpoints, and what other programs call them. */
export interface ModelParameters {
  /** In the order of the checkpoint, vision tower first. A head that is tied to the embedding is not among them. */
  readonly all: readonly ParameterSpec[];
  /** Those that can have low-rank factors; the head only where it is not tied. */
  readonly linearLayers: readonly LinearLayerSpec[];
  /** Parameters that rows are looked up in, the embedding table among them: matrices that are no linear layers. */
  readonly tables: readonly string[];
  /** Name of the embedding table, `[vocabulary, hidden]`. */
  readonly embedding: string;
  /** Name of the output head, whether tied or not. */
  readonly head: string;
  /** Whether the head is the embedding table. */
  readonly isHeadTied: boolean;
  /** A module that can be trained whole beside an adapter, as an example for people. */
  readonly exampleModule: string;
  /** Whether a parameter or layer is part of the vision tower. */
  isVision(name: string): boolean;
  /** A regular expression, as PEFT matches module paths, for all modules of the vision tower. */
  readonly visionPattern: string;
  /** The published name of a parameter or module, by whichever program or version it was named. */
  publishedName(path: string): string;
  /** The module path in transformers today of a published name; PEFT names what it adapts by it. */
  modulePath(published: string): string;
  /** All paths that a published name has had, today's first: patterns are tried on each. */
  modulePaths(published: string): readonly string[];
  /** The end of a published name that is the same in every version of transformers and tells it from all others. */
  nameInTower(published: string): string;
}

/** The weights of a model as a graph of it sees them. `T` is an engine's handle of a tensor. */
export interface Weights<T> {
  /** A parameter or low-rank factor by name. */
  readonly get: (name: string) => T;
  /** What is trained, where not everything is. */
  readonly tuning: Tuning | undefined;
  /** Whether anything in the vision tower is trained; its features are constants otherwise. */
  readonly trainsVision: boolean;
}
