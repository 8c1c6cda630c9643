/**
 * The checkpoints of a run: `step-000010/` holds what the policy saved and, written last, `trainer-state.json`. A folder
 * without that file is a checkpoint that was not finished, and is as good as absent.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { LociError, messageOf } from '../../errors/loci-error.ts';
import { writeFileWhole } from '../../files/atomic-file.ts';
import { FORMAT_VERSIONS, readVersion } from '../../files/format-version.ts';
import { mendFolders } from '../../files/leftovers.ts';
import { writeError, writingTo } from '../../files/write-error.ts';
import type { Policy, TrainerState } from '../../spec/index.ts';
import { damaged, filesOf } from './damaged-checkpoint.ts';

const STATE_FILE = 'trainer-state.json';
const FOLDER = /^step-(\d{6,})$/;

/** Read first: a later release may have other fields. */
const versionSchema = z.looseObject({ version: z.unknown().optional() });

const stateSchema = z.strictObject({
  step: z.int().nonnegative(),
  seed: z.int().nonnegative(),
  samplesSeen: z.int().nonnegative(),
  failedGroups: z.record(z.string(), z.int().nonnegative()),
  files: z.record(z.string(), z.int().nonnegative()).optional(),
});

/** A complete checkpoint: its folder, and what the trainer needs to go on. */
export interface Checkpoint {
  readonly directory: string;
  readonly state: TrainerState;
  /** Bytes of each file that was saved with it, by its path; absent from checkpoints of older versions. */
  readonly files?: Readonly<Record<string, number>> | undefined;
}

/** `step-000010`. */
export function stepFolder(step: number): string {
  return `step-${String(step).padStart(6, '0')}`;
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
    .filter((name) => FOLDER.test(name) && existsSync(join(directory, name, STATE_FILE)))
    .map((name) => readCheckpoint(join(directory, name)))
    .sort((a, b) => a.state.step - b.state.step);
}

/**
 * Removes checkpoints that were not finished, and puts back one that was set aside when it is the only whole one. Only who holds the lock of
 * the run may.
 *
 * @throws LociError `not-writable`.
 */
export function removeUnfinished(directory: string): void {
  if (!existsSync(directory)) return;
  mendFolders(directory);
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    if (!FOLDER.test(name) || existsSync(join(path, STATE_FILE))) continue;
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
 * Saves policy and state, then removes the oldest checkpoints beyond `keep` (0 keeps all).
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
  const version = FORMAT_VERSIONS[STATE_FILE];
  const listed = { version, ...state, files: filesOf(target) };
  writeFileWhole(join(target, STATE_FILE), `${JSON.stringify(listed, null, 2)}\n`);
  const complete = checkpoints(directory);
  const surplus = keep === 0 ? 0 : Math.max(0, complete.length - keep);
  for (const old of complete.slice(0, surplus)) {
    writingTo(old.directory, () => {
      rmSync(join(old.directory, STATE_FILE));
      rmSync(old.directory, { recursive: true });
    });
  }
  return target;
}
