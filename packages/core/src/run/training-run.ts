/**
 * The run that a trainer gets. Its types come from folders above `spec/`, so it extends the context of plugins from here.
 */
import type { ConfigOrigin } from '../config/config-origin.ts';
import type { RunConfig } from '../config/run-config.ts';
import type { Logger } from '../spec/index.ts';
import type { RunStore } from '../train/run-folder/run-store.ts';
import type { RunParts } from './run-parts.ts';

/** The input of a trainer. A part is created when the trainer requests it, so one that trains elsewhere loads no model here. */
export interface TrainingRun {
  /** The resolved config. */
  readonly config: RunConfig;
  /** Origin of each value of the config, for messages. */
  readonly origin: ConfigOrigin;
  /** Base of relative paths in the config. */
  readonly baseDirectory: string;
  readonly runDirectory: string;
  /** The command as typed, for the history of the run; absent when a program starts the training. */
  readonly command?: string;
  /** Whether the run resumes from its newest checkpoint. */
  readonly resume: boolean;
  readonly logger: Logger;
  readonly parts: RunParts;
  /**
   * Locks and opens the run folder; the run closes it. A trainer checks its settings first, so that a run that cannot start leaves no
   * folder.
   *
   * @throws LociError `run-directory-exists` when the folder holds a run and `resume` is not set, `no-such-run`, `folder-in-use`.
   */
  openFolder(): RunStore;
}

declare module '../spec/plugin.ts' {
  interface PluginContext {
    /** The run to train; only trainers get it. */
    readonly run?: TrainingRun;
  }
}
