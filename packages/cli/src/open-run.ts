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

/** What a run needs beside its config. */
export interface RunSurroundings {
  readonly logger: Logger;
  /** Needed for training. */
  readonly runDirectory?: string;
  /** Threads that a reward in threads of its own may take; 1 by default. */
  readonly rewardThreads?: number;
  /** Kinds of parts for which files are brought from the hub; by default all that can name it. */
  readonly brings?: readonly HubPart[];
  /** As a person typed it, for the history of the run. */
  readonly command?: string;
  /** Draws what rollouts were shown, for sinks. */
  readonly preview?: MediaPreviewer;
  /** In place of the plugins that come with Loci. */
  readonly plugins?: readonly AnyPlugin[];
}

/**
 * Composes the run that flags describe, of bundled plugins and those that the config names. What it names on the hub is downloaded; nothing is
 * made or loaded yet.
 *
 * @param change What is to be different from the config.
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

/** Where a thread finds the bundled rewards again, for a config that puts one into a thread. */
export const BUNDLED_REWARDS = createRequire(import.meta.url).resolve('@loci/rewards');

/** Prints notes, unless quiet, and warnings in any case. */
export function plainLogger(io: Io, quiet: boolean): Logger {
  return {
    info: (message) => (quiet ? undefined : print(io, message)),
    warn: (message) => print(io, `warning: ${message}`),
  };
}
