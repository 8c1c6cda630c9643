/** Finds the run of `--resume` and its config: the stored one, overridden by `--config` and `--set`. */
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { LociError, readConfig } from '@loci/core';
import type { LoadedConfig } from '@loci/core';
import type { TrainFlags } from './flags.ts';
import type { Io } from './io.ts';
import { resolveUserPath } from './paths.ts';

const CONFIG_FILE = 'config.yaml';

/** How far above a named path its run folder may lie: `run/checkpoints/step-000010/model.safetensors`. */
const LEVELS = 3;

/**
 * The folder of the run that is resumed.
 *
 * @throws LociError `no-such-run`, with the run that a folder inside it belongs to; `run-folder-differs` when `--run` names another.
 */
export function resumedRun(
  { resume, run }: { readonly resume: string } & Pick<TrainFlags, 'run'>,
  io: Pick<Io, 'userDirectory'>,
): string {
  const directory = resolveUserPath(resume, io.userDirectory);
  if (!existsSync(join(directory, CONFIG_FILE)) || isCheckpoint(directory)) {
    throw noSuchRun(directory);
  }
  if (run !== undefined && resolveUserPath(run, io.userDirectory) !== directory) {
    throw new LociError(
      'run-folder-differs',
      `--resume continues in the folder of the run, ${directory}, but --run names ${resolveUserPath(run, io.userDirectory)}: leave --run out, ` +
        'or copy the run to that folder and resume the copy',
    );
  }
  return directory;
}

/** A checkpoint has the state of the run, and may have a config.yaml too. */
function isCheckpoint(directory: string): boolean {
  return existsSync(join(directory, 'trainer-state.json'));
}

function noSuchRun(directory: string): LociError {
  if (!existsSync(directory))
    return new LociError('no-such-run', `There is no folder ${directory}`);
  let above = dirname(directory);
  for (let level = 0; level < LEVELS; level++, above = dirname(above)) {
    if (!existsSync(join(above, CONFIG_FILE))) continue;
    const what = isCheckpoint(directory) ? 'a checkpoint' : 'a part';
    return new LociError(
      'no-such-run',
      `${directory} is ${what} of the run ${above}. A run continues from its newest checkpoint: --resume ${above}`,
    );
  }
  const problem = statSync(directory).isDirectory()
    ? `has no run to resume: it has no ${CONFIG_FILE}. If a run ended before it stored one, start it again with --run ${directory}`
    : 'is a file: name the folder of a run';
  return new LociError('no-such-run', `${directory} ${problem}`);
}

/** Keys that every stored config has; the last is at the end of the file. */
const STORED_KEYS = ['seed', 'steps', 'policy', 'dataset', 'rewards', 'objective', 'sinks'];

/**
 * The config that a run stored.
 *
 * @throws LociError `config-damaged` when it is empty or truncated: with defaults in place of the lost settings, it would be another run.
 */
export function readStoredConfig(file: string): LoadedConfig {
  const stored = readConfig({ file });
  const missing = STORED_KEYS.filter((key) => stored.origin.describe([key]) === 'the defaults');
  if (missing.length === 0) return stored;
  const what = statSync(file).size === 0 ? 'is empty' : `has no ${missing.join(', no ')}`;
  throw new LociError(
    'config-damaged',
    `${file} ${what}, but a run stores all its settings: the file is damaged. Restore it from a copy, or write all settings of the run into it ` +
      '(those of the --config and --set that it was started with), and resume again',
  );
}

/** The config of a resumed run, with the origin of each value: the present flags and files, or else the stored config. */
export function overStored(now: LoadedConfig, stored: LoadedConfig): LoadedConfig {
  const isStored = (path: readonly PropertyKey[]): boolean =>
    now.origin.sourceOf(path)?.kind === 'default';
  return {
    config: now.config,
    origin: {
      describe: (path) => {
        const place = now.origin.describe(path);
        return place === 'the defaults' ? stored.origin.describe(path) : place;
      },
      directoryOf: (path) => now.origin.directoryOf(path) ?? stored.origin.directoryOf(path),
      referenceAt: (path) => (isStored(path) ? stored : now).origin.referenceAt(path),
      sourceOf: (path) => (isStored(path) ? stored : now).origin.sourceOf(path),
    },
  };
}
