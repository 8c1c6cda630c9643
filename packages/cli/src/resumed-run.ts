/** Which run `--resume` names, and the config that it goes on with: its own, with `--config` and `--set` over it. */
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { LociError, readConfig } from '@loci/core';
import type { LoadedConfig } from '@loci/core';
import type { TrainFlags } from './flags.ts';
import type { Io } from './io.ts';
import { resolveUserPath } from './paths.ts';

const CONFIG_FILE = 'config.yaml';

/** How far above what was named a run folder may lie: `run/checkpoints/step-000010/model.safetensors`. */
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
      `--resume goes on in the folder of the run, ${directory}, and --run names ${resolveUserPath(run, io.userDirectory)}; leave --run out, ` +
        'or copy the run to that folder and resume the copy',
    );
  }
  return directory;
}

/** A checkpoint of a model has a config of its own kind beside the state of the run. */
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
      `${directory} is ${what} of the run ${above}; a run goes on from its newest checkpoint: --resume ${above}`,
    );
  }
  const kind = statSync(directory).isDirectory()
    ? 'holds no run'
    : 'is a file, and no folder of a run';
  return new LociError('no-such-run', `${directory} ${kind} to resume: it has no ${CONFIG_FILE}`);
}

/** Keys that every stored config has, the last of them at the end of the file. */
const STORED_KEYS = ['seed', 'steps', 'policy', 'dataset', 'rewards', 'objective', 'sinks'];

/**
 * The config that a run stored.
 *
 * @throws LociError `config-damaged` when it is empty or cut short: the defaults would be another run.
 */
export function readStoredConfig(file: string): LoadedConfig {
  const said = readConfig({ file });
  const missing = STORED_KEYS.filter((key) => said.origin.describe([key]) === 'the defaults');
  if (missing.length === 0) return said;
  const what = statSync(file).size === 0 ? 'is empty' : `has no ${missing.join(', no ')}`;
  throw new LociError(
    'config-damaged',
    `${file} ${what}, and a run stores all its settings: it was damaged. Put it back from a copy, or write the settings of the run into it ` +
      '(those of the --config and --set that it was started with, in full), and resume again',
  );
}

/** Where the values come from: what was asked for now, else the stored config. */
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
