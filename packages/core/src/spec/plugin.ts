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
   * Reports the progress of long work, as often as it likes. Present when a display shows it; otherwise long work reports by `info` now and
   * then.
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
 * Draws frames of media side by side. Gives undefined when none can be read, and never rejects.
 */
export type MediaPreviewer = (
  media: readonly MediaReference[],
) => Promise<MediaPreview | undefined>;

/** The context of a run for its plugins. `run/training-run.ts` adds the run itself, for trainers. */
export interface PluginContext {
  /** Seed of the run; derive every random draw from it. */
  readonly seed: number;
  /** Base of relative paths in a plugin's options. */
  readonly baseDirectory: string;
  /** Folder of the run, present while one is being written. */
  readonly runDirectory?: string;
  readonly logger: Logger;
  /** Draws the media of rollouts; present when the program can decode media. */
  readonly preview?: MediaPreviewer;
  /** The dataset of the run, for benchmarks. */
  readonly dataset?: Dataset;
  /** The datasets of the plugin `mix`, in order; absent for any other plugin. */
  readonly mixed?: readonly Dataset[];
  /** The prompt template of the run. */
  readonly prompt?: PromptTemplate;
}

/** The descriptor of a plugin: its kind, name and options, and the function that creates its part. */
export interface PluginDescriptor<Kind extends PluginKind = PluginKind, Options = unknown> {
  readonly kind: Kind;
  /** Kebab-case noun; unique within its kind. */
  readonly name: string;
  /** One sentence for `--help` and the docs. */
  readonly description: string;
  /** zod object; unknown keys are an error. */
  readonly options: ZodType<Options>;
  /**
   * Creates the part. Every command loads every descriptor, so import heavy modules here and not at the top of the file:
   * `create: async (options, context) => (await import('./open-policy.ts')).openPolicy(options, context)`.
   */
  create(options: Options, context: PluginContext): PluginTypes[Kind] | Promise<PluginTypes[Kind]>;
}

/** A descriptor with the type of its options erased, for registries. */
export interface ErasedPlugin<Kind extends PluginKind> {
  readonly kind: Kind;
  readonly name: string;
  readonly description: string;
  readonly options: ZodType;
  /** Takes only the output of `options`. */
  create(options: never, context: PluginContext): PluginTypes[Kind] | Promise<PluginTypes[Kind]>;
}

/** A descriptor of some kind, whatever its options are. */
export type AnyPlugin = { [Kind in PluginKind]: ErasedPlugin<Kind> }[PluginKind];
