/**
 * The folder of a run:
 *
 *     config.yaml                 the resolved config, readable by --config
 *     rollouts.jsonl              every rollout, one on each line
 *     evaluations/before/         also after/, step-000050/: see evaluation-store.ts
 *     evaluations/vsi-bench/step-000050/   of a further benchmark
 *     checkpoints/step-000025/
 *     checkpoints/best.json       names the one with the best held-out figure
 *     metrics.jsonl, tensorboard/ (written by the sinks)
 *     places.json                 earlier locations of the folder: see run-places.ts
 *     .writer-<id>                while a process writes: see folder-lock.ts
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ConfigOrigin } from '../../config/config-origin.ts';
import type { RunConfig } from '../../config/run-config.ts';
import { storedConfigText } from '../../config/stored-config.ts';
import { LociError } from '../../errors/loci-error.ts';
import { AppendFile, keepLinesThrough } from '../../files/append-file.ts';
import { writeFileWhole } from '../../files/atomic-file.ts';
import { removeHalfFiles } from '../../files/leftovers.ts';
import { FolderLock, isLockFile, removeEmpty } from '../../files/lock/folder-lock.ts';
import type { GroupScore } from '../../rollout/score-groups.ts';
import type { AdvantagedGroup, Policy, TrainerState } from '../../spec/index.ts';
import {
  latestCheckpoint,
  noteBest,
  removeUnfinished,
  saveCheckpoint,
  updateState,
} from './checkpoint-store.ts';
import type { Checkpoint } from './checkpoint-store.ts';
import { rolloutLines } from './rollout-lines.ts';
import type { GroupMark, RolloutLine } from './rollout-lines.ts';
import { PLACES_FILE, notePlace } from './run-places.ts';
import { isStepFolder, stepFolder, stepOf } from './step-folder.ts';

/** When the run's own benchmark is evaluated. */
export type EvaluationPhase = 'before' | 'during' | 'after';

const OWN_PHASES: readonly string[] = ['before', 'after'] satisfies readonly EvaluationPhase[];

/** Files of a start that failed before its first step; the folder can be reused. */
const WORTHLESS = ['config.yaml', PLACES_FILE, `${PLACES_FILE}.tmp`, 'config.yaml.tmp'];

/** Writes a run's folder, and reads it to resume. */
export class RunStore {
  readonly directory: string;
  readonly #lock: FolderLock;
  readonly #isResumed: boolean;
  #rollouts: AppendFile | undefined;
  #begin: (() => void) | undefined;

  private constructor(directory: string, lock: FolderLock, isResumed: boolean) {
    this.directory = directory;
    this.#lock = lock;
    this.#isResumed = isResumed;
  }

  /**
   * Locks the folder of a run for this process, and removes files that a killed process left unfinished. This is quick, so it can come
   * before loading a model.
   *
   * @throws LociError `run-directory-exists` when a new run would mix with existing files, `no-such-run` when there is nothing to resume,
   * `folder-in-use` while another process writes there, `not-writable`, `disk-full`.
   */
  static open(directory: string, resume: boolean): RunStore {
    checkFolder(directory, resume);
    const lock = FolderLock.take(directory, { worthless: WORTHLESS });
    try {
      // Check again: another process may have written a run before this one took the lock.
      checkFolder(directory, resume);
      removeUnfinished(join(directory, 'checkpoints'));
      removeHalfFiles(directory);
    } catch (thrown) {
      lock.release();
      throw thrown;
    }
    return new RunStore(directory, lock, resume);
  }

  /**
   * Stores the config of the run and its current location. A resumed run stores them in `resumed`, so that a start which fails keeps the
   * stored ones.
   *
   * @param baseDirectory Base of the relative paths in the config.
   * @param origin Of the config; values from the environment are stored as references.
   * @throws LociError `not-writable`, `disk-full`, `folder-lost`.
   */
  begin(config: RunConfig, baseDirectory: string, origin?: ConfigOrigin): void {
    this.#begin = () => {
      this.assertWritable();
      notePlace(this.directory, baseDirectory);
      writeFileWhole(join(this.directory, 'config.yaml'), storedConfigText(config, origin));
    };
    if (!this.#isResumed) this.resumed();
  }

  /**
   * Stores the config of a resumed run, once its checkpoint and its data have been read.
   *
   * @throws LociError `not-writable`, `disk-full`, `folder-lost`.
   */
  resumed(): void {
    this.#begin?.();
    this.#begin = undefined;
  }

  /**
   * Checks, before a write, that the folder is still the one that was opened.
   *
   * @throws LociError `folder-lost`.
   */
  assertWritable(): void {
    this.#lock.assertHeld();
  }

  /** Folder of the run's checkpoints. */
  get checkpointFolder(): string {
    return join(this.directory, 'checkpoints');
  }

  latestCheckpoint(): Checkpoint | undefined {
    return latestCheckpoint(this.checkpointFolder);
  }

  /** @returns The folder of the checkpoint. */
  async saveCheckpoint(policy: Policy, state: TrainerState, keep: number): Promise<string> {
    this.assertWritable();
    const folder = this.checkpointFolder;
    try {
      const saved = await saveCheckpoint(folder, policy, state, keep);
      this.assertWritable();
      return saved;
    } catch (thrown) {
      if (this.#lock.isHeld()) throw thrown;
      // Saving creates missing folders. Here that is a stray part of a run that was moved in the meantime.
      rmSync(join(folder, stepFolder(state.step)), { recursive: true, force: true });
      removeEmpty(folder, this.directory);
      this.assertWritable();
      throw thrown;
    }
  }

  /** Replaces the trainer's state in the checkpoint of its step; see `updateState`. */
  updateState(state: TrainerState): void {
    this.assertWritable();
    updateState(this.checkpointFolder, state);
  }

  /** Makes `best.json` agree with the state that the run continues from. */
  noteBest(state: TrainerState): void {
    this.assertWritable();
    noteBest(this.checkpointFolder, state);
  }

  /**
   * Drops rollouts and evaluations of later steps, which an interrupted run left behind.
   *
   * @param isLast Whether the run has no further step; the evaluation after it then stays.
   */
  rewind(lastStep: number, isLast: boolean): void {
    this.assertWritable();
    keepLinesThrough(this.#rolloutsPath, lastStep);
    const evaluations = join(this.directory, 'evaluations');
    if (!existsSync(evaluations)) return;
    const isLater = (name: string): boolean => stepOf(name) > lastStep;
    const drop = (...path: readonly string[]): void =>
      rmSync(join(evaluations, ...path), { recursive: true, force: true });
    if (!isLast) for (const name of ['after', 'after.json']) drop(name);
    // A run that starts again from step 0 evaluates once more, perhaps with other settings.
    if (lastStep === 0) for (const name of ['before', 'before.json']) drop(name);
    for (const { name } of readdirSync(evaluations, { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    )) {
      if (isStepFolder(name)) {
        if (isLater(name)) drop(name);
      } else if (!OWN_PHASES.includes(name)) {
        for (const step of readdirSync(join(evaluations, name)).filter(isLater)) drop(name, step);
      }
    }
  }

  /** Folder of an evaluation of the run's own benchmark. */
  evaluationFolder(step: number, phase: EvaluationPhase): string {
    const name = phase === 'during' ? stepFolder(step) : phase;
    return join(this.directory, 'evaluations', name);
  }

  /** Whether an evaluation of the run's own benchmark has a report, also one of the first format. */
  hasEvaluation(step: number, phase: EvaluationPhase): boolean {
    const folder = this.evaluationFolder(step, phase);
    return existsSync(join(folder, 'report.json')) || existsSync(`${folder}.json`);
  }

  /** Folder of a further benchmark's evaluation at a step. */
  benchmarkFolder(name: string, step: number): string {
    return join(this.directory, 'evaluations', name, stepFolder(step));
  }

  /** Whether a further benchmark has a report at a step; an interrupted evaluation has none. */
  hasBenchmark(name: string, step: number): boolean {
    return existsSync(join(this.benchmarkFolder(name, step), 'report.json'));
  }

  /**
   * Logs every completion of the groups; on disk when this returns.
   *
   * @param groups Groups that are trained on, with their advantages.
   * @param marks Of replacements, and of groups that a step did not train on.
   * @returns The lines.
   */
  appendRollouts(
    step: number,
    scores: readonly GroupScore[],
    groups: ReadonlyMap<GroupScore, AdvantagedGroup>,
    marks?: ReadonlyMap<GroupScore, GroupMark>,
  ): readonly RolloutLine[] {
    this.assertWritable();
    this.#rollouts ??= new AppendFile(this.#rolloutsPath);
    const lines = scores.flatMap((score) =>
      rolloutLines(step, score, groups.get(score), marks?.get(score)),
    );
    this.#rollouts.append(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    return lines;
  }

  /** Logs lines of completions that another process sampled and scored, each with its line feed; on disk when this returns. */
  appendRolloutText(lines: string): void {
    this.assertWritable();
    this.#rollouts ??= new AppendFile(this.#rolloutsPath);
    this.#rollouts.append(lines);
  }

  /** Ends writing and unlocks the folder. A folder without results is removed. */
  close(): void {
    this.#rollouts?.close();
    this.#lock.release();
  }

  get #rolloutsPath(): string {
    return join(this.directory, 'rollouts.jsonl');
  }
}

function checkFolder(directory: string, resume: boolean): void {
  if (resume && !existsSync(join(directory, 'config.yaml'))) {
    throw new LociError(
      'no-such-run',
      `${directory} holds no run to resume: it has no config.yaml; name the folder of a run`,
    );
  }
  if (!resume && existsSync(directory) && !readdirSync(directory).every(isOfNoRun)) {
    throw new LociError(
      'run-directory-exists',
      `${directory} is not empty; choose another folder, or resume the run in it`,
    );
  }
}

/** Whether a file is from a start that was killed before it stored its config, so that the folder holds nothing to resume or lose. */
function isOfNoRun(name: string): boolean {
  return isLockFile(name) || (WORTHLESS.includes(name) && name !== 'config.yaml');
}
