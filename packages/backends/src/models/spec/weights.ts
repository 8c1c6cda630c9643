/** Defines the parameters of a model: their names, which of them can be adapted, and how its graphs access them. */
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

/** All parameters of a model under the names of published checkpoints, with their names in other programs. */
export interface ModelParameters {
  /** In the order of the checkpoint, vision tower first. A head that is tied to the embedding is not among them. */
  readonly all: readonly ParameterSpec[];
  /** The layers that can have low-rank factors; the head only where it is not tied. */
  readonly linearLayers: readonly LinearLayerSpec[];
  /** Lookup tables, among them the embedding table: matrices that are not linear layers. */
  readonly tables: readonly string[];
  /** Name of the embedding table, `[vocabulary, hidden]`. */
  readonly embedding: string;
  /** Name of the output head, whether tied or not. */
  readonly head: string;
  /** Whether the head is the embedding table. */
  readonly isHeadTied: boolean;
  /** A module that can be trained whole beside an adapter, as an example in messages. */
  readonly exampleModule: string;
  /** Whether a parameter or layer is part of the vision tower. */
  isVision(name: string): boolean;
  /** A regular expression, as PEFT matches module paths, for all modules of the vision tower. */
  readonly visionPattern: string;
  /** The published name of a parameter or module, from its name in any known program or version. */
  publishedName(path: string): string;
  /** The module path of a published name in current transformers, which PEFT uses. */
  modulePath(published: string): string;
  /** All paths that a published name has had, the current one first; patterns are tried on each. */
  modulePaths(published: string): readonly string[];
  /** The end of a published name that is the same in every version of transformers and unique. */
  nameInTower(published: string): string;
}

/** The weights of a model in one of its graphs. `T` is an engine's handle of a tensor. */
export interface Weights<T> {
  /** A parameter or low-rank factor by name. */
  readonly get: (name: string) => T;
  /** The tuning; absent when everything is trained. */
  readonly tuning: Tuning | undefined;
  /** Whether anything in the vision tower is trained; its features are constants otherwise. */
  readonly trainsVision: boolean;
}
