/**
 * The checkpoints of a run: `step-000010/` holds the files of the policy and, written last, `trainer-state.json`. A folder without that
 * file is an unfinished checkpoint and does not count. `best.json` names the checkpoint with the best held-out figure, in a run that keeps
 * it.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { LociError, messageOf } from '../../errors/loci-error.ts';
import { writeFileWhole } from '../../files/atomic-file.ts';
import { FORMAT_VERSIONS, readVersion } from '../../files/format-version.ts';
import { mendFolders } from '../../files/leftovers.ts';
import { writeError, writingTo } from '../../files/write-error.ts';
import type { BestStep, Policy, TrainerState } from '../../spec/index.ts';
import { damaged, filesOf } from './damaged-checkpoint.ts';
import { isStepFolder, stepFolder } from './step-folder.ts';

const STATE_FILE = 'trainer-state.json';
const BEST_FILE = 'best.json';

const course = z.strictObject({
  figure: z.string(),
  points: z.array(z.strictObject({ step: z.int(), value: z.number() })),
});

/** The version is read first, because a later release may have other fields. */
const versionSchema = z.looseObject({ version: z.unknown().optional() });

const stateSchema = z.strictObject({
  step: z.int().nonnegative(),
  seed: z.int().nonnegative(),
  samplesSeen: z.int().nonnegative(),
  failedGroups: z.record(z.string(), z.int().nonnegative()),
  passRates: z
    .strictObject({
      tallies: z.record(z.string(), z.tuple([z.number(), z.number()])),
      recent: z.array(
        z.strictObject({
          step: z.int(),
          results: z.array(
            z.strictObject({ index: z.int(), passed: z.number(), tried: z.number() }),
          ),
        }),
      ),
    })
    .optional(),
  best: z.strictObject({ step: z.int(), figure: z.string(), value: z.number() }).optional(),
  watched: z.strictObject({ plateau: course.optional(), collapse: course.optional() }).optional(),
  files: z.record(z.string(), z.int().nonnegative()).optional(),
});

/** A complete checkpoint: its folder, and the state that the trainer continues from. */
export interface Checkpoint {
  readonly directory: string;
  readonly state: TrainerState;
  /** Bytes of each file that was saved with it, by its path; absent from checkpoints of older versions. */
  readonly files?: Readonly<Record<string, number>> | undefined;
}

/**
 * The newest complete checkpoint of a folder of checkpoints.
 *
 * @throws LociError `checkpoint-corrupt` when a state file is there and cannot be read, `format-newer` when a later release
 * wrote it.
 */
export function latestCheckpoint(directory: string): Checkpoint | undefined {
  return checkpoints(directory).at(-1);
}

/** Complete checkpoints, oldest first. */
export function checkpoints(directory: string): readonly Checkpoint[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => isStepFolder(name) && existsSync(join(directory, name, STATE_FILE)))
    .map((name) => readCheckpoint(join(directory, name)))
    .sort((a, b) => a.state.step - b.state.step);
}

/**
 * Removes unfinished checkpoints, and puts back one that was set aside when it is the only whole one. Call it only while holding the lock
 * of the run.
 *
 * @throws LociError `not-writable`.
 */
export function removeUnfinished(directory: string): void {
  if (!existsSync(directory)) return;
  mendFolders(directory);
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    if (!isStepFolder(name) || existsSync(join(path, STATE_FILE))) continue;
    writingTo(path, () => rmSync(path, { recursive: true }));
  }
}

function readCheckpoint(directory: string): Checkpoint {
  const file = join(directory, STATE_FILE);
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const { version, ...rest } = versionSchema.parse(content);
    readVersion(version, STATE_FILE, file);
    const { files, ...state } = stateSchema.parse(rest);
    return { directory, state, files };
  } catch (thrown) {
    if (LociError.is(thrown)) throw thrown;
    const reason = `${STATE_FILE} is not the state of a run: ${messageOf(thrown)}`;
    throw damaged(directory, dirname(directory), reason, thrown);
  }
}

/**
 * Saves policy and state, then removes the oldest checkpoints beyond `keep` (0 keeps all). The best one by the state stays.
 *
 * @returns The folder of the new checkpoint.
 * @throws LociError `disk-full`, `not-writable`.
 */
export async function saveCheckpoint(
  directory: string,
  policy: Policy,
  state: TrainerState,
  keep: number,
): Promise<string> {
  const target = join(directory, stepFolder(state.step));
  writingTo(target, () => {
    rmSync(target, { recursive: true, force: true });
    mkdirSync(directory, { recursive: true });
  });
  try {
    await policy.save(target, { optimizer: true });
  } catch (thrown) {
    throw writeError(target, thrown);
  }
  writeState(target, state, filesOf(target));
  noteBest(directory, state);
  const complete = checkpoints(directory);
  const surplus = keep === 0 ? 0 : Math.max(0, complete.length - keep);
  for (const old of complete.slice(0, surplus)) {
    if (old.state.step === state.best?.step) continue;
    writingTo(old.directory, () => {
      rmSync(join(old.directory, STATE_FILE));
      rmSync(old.directory, { recursive: true });
    });
  }
  return target;
}

/**
 * Replaces the trainer's state in the checkpoint of its step; the weights stay.
 *
 * @throws LociError `disk-full`, `not-writable`, `checkpoint-corrupt` when there is no such checkpoint.
 */
export function updateState(directory: string, state: TrainerState): void {
  const { files, ...found } = readCheckpoint(join(directory, stepFolder(state.step)));
  writeState(found.directory, state, files);
  noteBest(directory, state);
}

/**
 * Makes `best.json` name the best checkpoint of a state, or removes the file when the state has none.
 *
 * @throws LociError `disk-full`, `not-writable`.
 */
export function noteBest(directory: string, { best }: TrainerState): void {
  const file = join(directory, BEST_FILE);
  if (best === undefined) {
    if (existsSync(file)) writingTo(file, () => rmSync(file));
    return;
  }
  const pointer: BestCheckpoint = { ...best, directory: stepFolder(best.step) };
  writeFileWhole(file, `${JSON.stringify(pointer, null, 2)}\n`);
}

/** The content of `best.json`. */
export interface BestCheckpoint extends BestStep {
  /** Name of the folder beside the file. */
  readonly directory: string;
}

const bestSchema = z.object({
  step: z.int(),
  figure: z.string(),
  value: z.number(),
  directory: z.string(),
});

/**
 * The checkpoint with the best held-out figure; undefined in a run that keeps none.
 *
 * @param directory Of the run's checkpoints.
 * @throws LociError `checkpoint-corrupt` when the file cannot be read.
 */
export function readBest(directory: string): BestCheckpoint | undefined {
  const file = join(directory, BEST_FILE);
  if (!existsSync(file)) return undefined;
  try {
    return bestSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (thrown) {
    throw new LociError(
      'checkpoint-corrupt',
      `${file} does not name a checkpoint: ${messageOf(thrown)}; remove the file, and resuming the run writes it again`,
      { cause: thrown },
    );
  }
}

function writeState(target: string, state: TrainerState, files: Checkpoint['files']): void {
  const listed = { version: FORMAT_VERSIONS[STATE_FILE], ...state, files };
  writeFileWhole(join(target, STATE_FILE), `${JSON.stringify(listed, null, 2)}\n`);
}
