/**
 * A run as its trainer sees it. Its types come from folders above the contracts, so it joins the context of plugins from here.
 */
import type { ConfigOrigin } from '../config/config-origin.ts';
import type { RunConfig } from '../config/run-config.ts';
import type { Logger } from '../spec/index.ts';
import type { RunStore } from '../train/run-folder/run-store.ts';
import type { RunParts } from './run-parts.ts';

/** What a trainer is made from. A part is made when the trainer asks for it: one that trains elsewhere loads no model here. */
export interface TrainingRun {
  /** The resolved config. */
  readonly config: RunConfig;
  /** Where each value of the config came from, for messages. */
  readonly origin: ConfigOrigin;
  /** Folder that relative paths of the config start from. */
  readonly baseDirectory: string;
  readonly runDirectory: string;
  /** As a person typed it, for the history of the run; absent where a program trains. */
  readonly command?: string;
  /** Whether the run goes on from its newest checkpoint. */
  readonly resume: boolean;
  readonly logger: Logger;
  readonly parts: RunParts;
  /**
   * Opens the run folder for this process alone; the run closes it. A trainer checks its settings before it does, so that a
   * run that cannot begin leaves no folder.
   *
   * @throws LociError `run-directory-exists` when the folder holds a run and `resume` is not set, `no-such-run`, `folder-in-use`.
   */
  openFolder(): RunStore;
}

declare module '../spec/plugin.ts' {
  interface PluginContext {
    /** The run to train; given to trainers alone. */
    readonly run?: TrainingRun;
  }
}
