import type { ZodType } from 'zod';
import type { Dataset } from './dataset.ts';
import type { PluginKind, PluginTypes } from './kinds.ts';
import type { PromptTemplate } from './prompt.ts';
import type { MediaReference } from './sample.ts';

/** Writes a line for people; never part of a result. */
export interface Logger {
  info(message: string): void;
  warn(message: string): void;
  /**
   * How far long work has come, as often as it likes. Present where a display shows it; where it is absent, work of minutes says so by
   * `info` now and then.
   */
  readonly progress?: (label: string, done: number, total: number) => void;
}

/** A small picture. */
export interface MediaPreview {
  readonly jpeg: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/**
 * Draws the frames of media, or some of them, side by side. Undefined where nothing of it can be read; it never rejects.
 */
export type MediaPreviewer = (
  media: readonly MediaReference[],
) => Promise<MediaPreview | undefined>;

/** What a plugin may know of the run it is created for. `run/training-run.ts` adds the run itself, for trainers. */
export interface PluginContext {
  /** Seed of the run; derive from it whatever must be reproducible. */
  readonly seed: number;
  /** Folder that relative paths in a plugin's options start from. */
  readonly baseDirectory: string;
  /** Folder of the run, present while one is being written. */
  readonly runDirectory?: string;
  readonly logger: Logger;
  /** Draws what a rollout was shown; present where the program can decode media. */
  readonly preview?: MediaPreviewer;
  /** The dataset of the run, for plugins that ask its questions (benchmarks). */
  readonly dataset?: Dataset;
  /** The datasets that the dataset `mix` mixes, in its order; none for any other plugin. */
  readonly mixed?: readonly Dataset[];
  /** The prompt template of the run. */
  readonly prompt?: PromptTemplate;
}

/** A plugin is one descriptor: what it is, what it is called, what can be set, and how it is made. */
export interface PluginDescriptor<Kind extends PluginKind = PluginKind, Options = unknown> {
  readonly kind: Kind;
  /** Kebab-case noun; unique within its kind. */
  readonly name: string;
  /** One sentence for `--help` and the docs. */
  readonly description: string;
  /** zod object; unknown keys are an error. */
  readonly options: ZodType<Options>;
  /**
   * Makes the part. Every command reads every descriptor, so what is heavy is imported here and not at the top of its file:
   * `create: async (options, context) => (await import('./open-policy.ts')).openPolicy(options, context)`.
   */
  create(options: Options, context: PluginContext): PluginTypes[Kind] | Promise<PluginTypes[Kind]>;
}

/** A descriptor with the type of its options erased, as registries hold it. */
export interface ErasedPlugin<Kind extends PluginKind> {
  readonly kind: Kind;
  readonly name: string;
  readonly description: string;
  readonly options: ZodType;
  /** Takes what `options` parsed, and nothing else. */
  create(options: never, context: PluginContext): PluginTypes[Kind] | Promise<PluginTypes[Kind]>;
}

/** A descriptor of some kind, whatever its options are. */
export type AnyPlugin = { [Kind in PluginKind]: ErasedPlugin<Kind> }[PluginKind];
