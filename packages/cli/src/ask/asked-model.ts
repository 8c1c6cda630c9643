/** Finds the model of `ask`: a model folder, a checkpoint, a policy on a server, or the folder of a run. */
import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { LociError, checkpoints, readBest, stepFolder } from '@loci/core';
import type { RunConfig } from '@loci/core';
import type { ConfigSource } from '../defaults.ts';
import { readRunConfig } from '../defaults.ts';
import { policyOverrides } from '../evaluation/policy-flag.ts';
import type { AskFlags } from '../flags.ts';
import { isHubReference } from '../hub/bring-config.ts';
import type { Io } from '../io.ts';
import { situationOf } from '../moved-run.ts';
import { resolveUserPath } from '../paths.ts';

/** How to open the model. */
export interface AskedModel {
  /** Flags of the config, with the model in it. */
  readonly source: ConfigSource;
  /** Folder that relative paths of the config start from. */
  readonly baseDirectory: string;
  /** Changes the config further. */
  change(config: RunConfig): RunConfig;
  /** The model, for people. */
  readonly name: string;
}

const CONFIG_FILE = 'config.yaml';
/** File that pretraining writes beside its model, which knows only the terse prompt. */
const RECIPE_FILE = 'recipe.json';

/**
 * Finds the model. A run, or a checkpoint in one, uses the prompt and the sampler of its training. Any other model uses the prompt
 * `map-imagination`, unless the flags name another.
 *
 * @throws LociError `policy-unknown`, `no-checkpoint`, `flag-misplaced`, or those of a stored config.
 */
export function askedModel(flags: AskFlags, io: Pick<Io, 'userDirectory'>): AskedModel {
  const { model } = flags;
  const isPath = !model.trimStart().startsWith('{') && !isHubReference(model);
  const folder = isPath ? resolveUserPath(model, io.userDirectory) : '';
  const isCheckpoint = existsSync(join(folder, 'trainer-state.json'));
  const run = isCheckpoint ? dirname(dirname(folder)) : folder;
  if (isPath && existsSync(join(run, CONFIG_FILE))) {
    return modelOfRun(run, isCheckpoint ? folder : checkpointOf(run, flags.checkpoint), flags, io);
  }
  if (flags.checkpoint !== undefined) {
    throw new LociError(
      'flag-misplaced',
      `--checkpoint chooses a checkpoint of a run, but ${model} is not a run: leave it out, or name the folder of a run`,
    );
  }
  checkFile(folder, isPath);
  const isTerse = isPath && existsSync(join(folder, RECIPE_FILE));
  const prompt = isTerse || isPromptNamed(flags) ? [] : ['prompt=map-imagination'];
  const set = [...policyOverrides(model, io.userDirectory), ...prompt, ...flags.set];
  return {
    source: { ...flags, set },
    baseDirectory: io.userDirectory,
    change: withoutTraining,
    name: isPath && existsSync(folder) ? folder : model,
  };
}

function modelOfRun(
  run: string,
  checkpoint: string,
  flags: AskFlags,
  io: Pick<Io, 'userDirectory'>,
): AskedModel {
  const stored = join(run, CONFIG_FILE);
  const { config } = readRunConfig({ stored, set: [] }, io);
  const { baseDirectory, relocate } = situationOf(run, config, io.userDirectory);
  const set = [...policyOverrides(checkpoint, io.userDirectory), ...flags.set];
  return {
    source: { ...flags, stored, set },
    baseDirectory,
    change: (read) => withoutTraining(relocate(read)),
    name: checkpoint,
  };
}

/** The config without rewards and sinks, whose files may be gone and which a question does not need. */
function withoutTraining(config: RunConfig): RunConfig {
  return { ...config, rewards: [], sinks: [] };
}

/**
 * The wanted checkpoint of a run: by default the best if the run keeps it, else the latest.
 *
 * @throws LociError `no-checkpoint`.
 */
export function checkpointOf(run: string, wanted?: string): string {
  const folder = join(run, 'checkpoints');
  const all = checkpoints(folder);
  const latest = all.at(-1);
  if (latest === undefined) {
    throw new LociError(
      'no-checkpoint',
      `${run} is a run without a complete checkpoint: let it train up to one (checkpoint.every), or name the model that it started from`,
    );
  }
  const best = readBest(folder);
  const bestFolder = best && join(folder, best.directory);
  if (wanted === 'latest') return latest.directory;
  if (wanted === 'best' || wanted === undefined) {
    if (bestFolder !== undefined && existsSync(bestFolder)) return bestFolder;
    if (wanted === undefined) return latest.directory;
    throw new LociError(
      'no-checkpoint',
      `${run} keeps no best checkpoint, since its config does not set checkpoint.best: use --checkpoint latest`,
    );
  }
  const named = /^\d+$/u.test(wanted)
    ? all.find(({ state }) => state.step === Number(wanted))
    : undefined;
  if (named !== undefined) return named.directory;
  const known = all.map(({ state }) => state.step).join(', ');
  throw new LociError(
    'no-checkpoint',
    `${run} has no checkpoint ${/^\d+$/u.test(wanted) ? stepFolder(Number(wanted)) : wanted}; --checkpoint takes latest, best or one of the steps ${known}`,
  );
}

/** Reports a file of a model that was given instead of the model's folder. */
function checkFile(path: string, isPath: boolean): void {
  if (!isPath || statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return;
  if (!/\.(?:safetensors|json|bin|gguf)$/u.test(path)) return;
  throw new LociError(
    'policy-unknown',
    `${path} is a file of a model, ${basename(path)}: name its folder, ${dirname(path)}`,
  );
}

function isPromptNamed({ config, set }: AskFlags): boolean {
  return (config ?? []).length > 0 || set.some((one) => /^prompt\b/u.test(one));
}
