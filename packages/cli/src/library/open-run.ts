/** Opens runs from a script, as the command line does. */
import { join, resolve } from 'node:path';
import { createRun } from '@loci/core';
import type { AnyPlugin, Logger, Run } from '@loci/core';
import { completeConfig } from '../complete-config.ts';
import { bundledPlugins, packagePlugins } from '../compose.ts';
import { readRunConfig } from '../defaults.ts';
import { bringConfig } from '../hub/bring-config.ts';
import { situationOf } from '../moved-run.ts';
import { BUNDLED_REWARDS } from '../open-run.ts';
import { resumedRun } from '../resumed-run.ts';

/** Options of a run from a script; all are optional. */
export interface OpenRunOptions {
  /** YAML files over the defaults of the command line; later files override earlier ones. */
  readonly config?: string | readonly string[];
  /** `key=value`, the values in YAML; they override the files. */
  readonly set?: readonly string[];
  /** Plugins of your own that a bare name finds, beside the bundled ones. */
  readonly plugins?: readonly AnyPlugin[];
  /** Folder of a new run; needed for training, unless `resume` is given. */
  readonly runDirectory?: string;
  /** Folder of a run to continue: its config replaces the defaults, and its trainer resumes. */
  readonly resume?: string;
  /** Folder that relative paths start from; the working directory when absent. Those in the config of a resumed run keep their own. */
  readonly baseDirectory?: string;
  /** Takes notes and warnings; by default warnings go to standard error. */
  readonly logger?: Logger;
}

const WARNINGS: Logger = {
  info: () => undefined,
  warn: (message) => void process.stderr.write(`warning: ${message}\n`),
};

/**
 * Composes a run of the bundled plugins, your own, and those that the config names by path or package. It makes no part yet: `run.trainer()`
 * loads the model, `run.rewards()` the rewards. Call `run.dispose()` at the end.
 *
 * @throws LociError with every mistake of the config in one message; `no-such-run`, `config-damaged`.
 * @example
 * const run = await openRun({ config: 'mine.yaml', set: ['steps=20'], runDirectory: 'runs/mine' });
 * const trainer = await run.trainer();
 * trainer.events$.subscribe((event) => console.log(event.type));
 * await trainer.run();
 * await run.dispose();
 */
export async function openRun(options: OpenRunOptions = {}): Promise<Run> {
  const { config, set = [], plugins = [], resume, logger = WARNINGS } = options;
  const typedFrom = resolve(options.baseDirectory ?? '.');
  const source = { set, ...(config !== undefined && { config }) };
  const surroundings = {
    logger,
    plugins: [...packagePlugins, ...plugins],
    isolation: { threads: 1, bundledModule: BUNDLED_REWARDS },
  };
  const known = [...bundledPlugins, ...plugins];
  if (resume === undefined) {
    const loaded = readRunConfig(source, { userDirectory: typedFrom });
    const brought = await bringConfig(loaded.config, logger);
    return createRun({
      ...surroundings,
      config: completeConfig(brought.config, known),
      localPaths: brought.localPaths,
      origin: loaded.origin,
      baseDirectory: typedFrom,
      ...(options.runDirectory !== undefined && {
        runDirectory: resolve(typedFrom, options.runDirectory),
      }),
    });
  }
  const runDirectory = resumedRun({ resume }, { userDirectory: typedFrom });
  const stored = join(runDirectory, 'config.yaml');
  const before = readRunConfig({ stored, set: [] }, { userDirectory: typedFrom }).config;
  const { baseDirectory, relocate } = situationOf(runDirectory, before, typedFrom);
  const loaded = readRunConfig({ ...source, stored }, { userDirectory: baseDirectory });
  const brought = await bringConfig(relocate(loaded.config), logger);
  const run = await createRun({
    ...surroundings,
    config: completeConfig(brought.config, known),
    localPaths: brought.localPaths,
    origin: loaded.origin,
    ...{ baseDirectory, runDirectory },
  });
  return { ...run, trainer: (how) => run.trainer({ resume: true, ...how }) };
}
