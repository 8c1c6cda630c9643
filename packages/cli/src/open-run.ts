import { createRequire } from 'node:module';
import { createRun } from '@loci/core';
import type { AnyPlugin, Logger, MediaPreviewer, Run, RunConfig } from '@loci/core';
import { completeConfig } from './complete-config.ts';
import { bundledPlugins, packagePlugins } from './compose.ts';
import { readRunConfig } from './defaults.ts';
import type { ConfigSource } from './defaults.ts';
import { print } from './io.ts';
import { bringConfig } from './hub/bring-config.ts';
import type { HubPart } from './hub/bring-config.ts';
import type { Io } from './io.ts';

/** Settings of a run besides its config. */
export interface RunSurroundings {
  readonly logger: Logger;
  /** Needed for training. */
  readonly runDirectory?: string;
  /** Most threads of a reward that runs in threads; 1 by default. */
  readonly rewardThreads?: number;
  /** Kinds of parts whose files are downloaded from the hub; by default all that can name it. */
  readonly brings?: readonly HubPart[];
  /** The command as typed, for the history of the run. */
  readonly command?: string;
  /** Draws the media of rollouts, for sinks. */
  readonly preview?: MediaPreviewer;
  /** Replace the bundled plugins. */
  readonly plugins?: readonly AnyPlugin[];
}

/**
 * Composes the run that flags describe, of bundled plugins and those that the config names. It downloads files that the config names on the
 * hub, but makes no part and loads no model.
 *
 * @param change changes the config first.
 * @throws LociError with every mistake of the config in one message.
 */
export async function openRun(
  source: ConfigSource,
  io: Io,
  { rewardThreads = 1, brings, ...surroundings }: RunSurroundings,
  change: (config: RunConfig) => RunConfig = (config) => config,
): Promise<Run> {
  const { config, origin } = readRunConfig(source, io);
  const brought = await bringConfig(change(config), surroundings.logger, brings);
  return createRun({
    config: completeConfig(brought.config, bundledPlugins),
    localPaths: brought.localPaths,
    origin,
    plugins: packagePlugins,
    baseDirectory: io.userDirectory,
    isolation: { threads: rewardThreads, bundledModule: BUNDLED_REWARDS },
    ...surroundings,
  });
}

/** The module from which a thread loads the bundled rewards. */
export const BUNDLED_REWARDS = createRequire(import.meta.url).resolve('@loci/rewards');

/** Prints notes, unless quiet, and always warnings. */
export function plainLogger(io: Io, quiet: boolean): Logger {
  return {
    info: (message) => (quiet ? undefined : print(io, message)),
    warn: (message) => print(io, `warning: ${message}`),
  };
}
