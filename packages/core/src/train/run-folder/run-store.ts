/**
 * The folder of a run:
 *
 *     config.yaml                 the resolved config, readable by --config
 *     rollouts.jsonl              every rollout, one a line
 *     evaluations/before/         also after/, step-000050/: see evaluation-store.ts
 *     evaluations/vsi-bench/step-000050/   of a further benchmark
 *     checkpoints/step-000025/
 *     checkpoints/best.json       which of them has the best held-out figure
 *     metrics.jsonl, tensorboard/ (written by the sinks)
 *     places.json                 where the run lay: see run-places.ts
 *     .writer-<id>                as long as a process writes: see folder-lock.ts
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
  stepFolder,
  updateState,
} from './checkpoint-store.ts';
import type { Checkpoint } from './checkpoint-store.ts';
import { rolloutLines } from './rollout-lines.ts';
import type { GroupMark, RolloutLine } from './rollout-lines.ts';
import { PLACES_FILE, notePlace } from './run-places.ts';

/** When the run's own benchmark is evaluated. */
export type EvaluationPhase = 'before' | 'during' | 'after';

const OWN_PHASES: readonly string[] = ['before', 'after'] satisfies readonly EvaluationPhase[];
const STEP_FOLDER = /^step-\d+$/u;

/** What a run has written before anything came about. */
const WORTHLESS = ['config.yaml', PLACES_FILE, `${PLACES_FILE}.tmp`, 'config.yaml.tmp'];

/** Writes a run's folder, and reads it again to resume. */
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
   * Opens the folder of a run for this process alone and clears what a killed one left half done; quick, so that it can be done before a
   * model is loaded.
   *
   * @throws LociError `run-directory-exists` when a new run would mix with what is there, `no-such-run` when there is nothing
   * to resume, `folder-in-use` while another process writes there, `not-writable`, `disk-full`.
   */
  static open(directory: string, resume: boolean): RunStore {
    checkFolder(directory, resume);
    const lock = FolderLock.take(directory, { worthless: WORTHLESS });
    try {
      // Another process may have come to its end between the two.
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
   * Stores the config of the run, and where it lies now; those of a resumed run wait for `resumed`, so that a start which fails leaves
   * what is stored.
   *
   * @param baseDirectory Where relative paths of the config start.
   * @param origin Of the config; what it takes from the environment is stored as a reference.
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
   * Stores the config that a resumed run goes on with, once its checkpoint and its data have been read.
   *
   * @throws LociError `not-writable`, `disk-full`, `folder-lost`.
   */
  resumed(): void {
    this.#begin?.();
    this.#begin = undefined;
  }

  /**
   * Asks whether the folder is still the one that was opened, before anything is written to it.
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
    const folder = join(this.directory, 'checkpoints');
    try {
      const saved = await saveCheckpoint(folder, policy, state, keep);
      this.assertWritable();
      return saved;
    } catch (thrown) {
      if (this.#lock.isHeld()) throw thrown;
      // Saving makes folders that are missing: it would be the second half of a run that was moved meanwhile.
      rmSync(join(folder, stepFolder(state.step)), { recursive: true, force: true });
      removeEmpty(folder, this.directory);
      this.assertWritable();
      throw thrown;
    }
  }

  /** Writes what is known by now into the checkpoint of a step; see `updateState`. */
  updateState(state: TrainerState): void {
    this.assertWritable();
    updateState(this.checkpointFolder, state);
  }

  /** Has `best.json` agree with the state that the run goes on from. */
  noteBest(state: TrainerState): void {
    this.assertWritable();
    noteBest(this.checkpointFolder, state);
  }

  /**
   * Drops the rollouts and the evaluations of later steps, which an interrupted run left behind.
   *
   * @param isLast Whether the run has no further step: what was evaluated after it then stays.
   */
  rewind(lastStep: number, isLast: boolean): void {
    this.assertWritable();
    keepLinesThrough(this.#rolloutsPath, lastStep);
    const evaluations = join(this.directory, 'evaluations');
    if (!existsSync(evaluations)) return;
    const last = stepFolder(lastStep);
    const drop = (...path: readonly string[]): void =>
      rmSync(join(evaluations, ...path), { recursive: true, force: true });
    if (!isLast) for (const name of ['after', 'after.json']) drop(name);
    // A run that begins anew evaluates once more, perhaps under other settings.
    if (lastStep === 0) for (const name of ['before', 'before.json']) drop(name);
    for (const { name } of readdirSync(evaluations, { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    )) {
      if (STEP_FOLDER.test(name)) {
        if (name > last) drop(name);
      } else if (!OWN_PHASES.includes(name)) {
        for (const step of readdirSync(join(evaluations, name))) {
          if (step > last) drop(name, step);
        }
      }
    }
  }

  /** Folder of an evaluation of the run's own benchmark. */
  evaluationFolder(step: number, phase: EvaluationPhase): string {
    const name = phase === 'during' ? stepFolder(step) : phase;
    return join(this.directory, 'evaluations', name);
  }

  /** Whether an evaluation of the run's own benchmark came to its report, also one of the first version. */
  hasEvaluation(step: number, phase: EvaluationPhase): boolean {
    const folder = this.evaluationFolder(step, phase);
    return existsSync(join(folder, 'report.json')) || existsSync(`${folder}.json`);
  }

  /** Folder of a further benchmark's answers at a step. */
  benchmarkFolder(name: string, step: number): string {
    return join(this.directory, 'evaluations', name, stepFolder(step));
  }

  /** Whether the report of a further benchmark at a step is there: not when asking was cut short. */
  hasBenchmark(name: string, step: number): boolean {
    return existsSync(join(this.benchmarkFolder(name, step), 'report.json'));
  }

  /**
   * Logs every completion of the groups; on disk when this returns. `groups` has no entry for a group left out. Returns the lines.
   *
   * @param marks Of groups that a step drew in place of others, or did not train on.
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

  /** Logs lines of completions that were sampled and scored elsewhere, each with its line feed; on disk when this returns. */
  appendRolloutText(lines: string): void {
    this.assertWritable();
    this.#rollouts ??= new AppendFile(this.#rolloutsPath);
    this.#rollouts.append(lines);
  }

  /** Ends writing: the folder is free for others. One in which nothing came about is removed. */
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
    throw new LociError('no-such-run', `${directory} holds no run to resume`);
  }
  if (!resume && existsSync(directory) && !readdirSync(directory).every(isOfNoRun)) {
    throw new LociError(
      'run-directory-exists',
      `${directory} is not empty; choose another folder, or resume the run in it`,
    );
  }
}

/** Whether a file is what a start leaves that was killed before it stored its config: nothing can be resumed there, and nothing is lost. */
function isOfNoRun(name: string): boolean {
  return isLockFile(name) || (WORTHLESS.includes(name) && name !== 'config.yaml');
}
