/**
 * The folder of a run:
 *
 *     config.yaml                 the resolved config, readable by --config
 *     rollouts.jsonl              every rollout, one a line
 *     evaluations/before.json    also after.json, step-000050.json
 *     evaluations/vsi-bench/step-000050/   of a further benchmark: see evaluation-store.ts
 *     checkpoints/step-000025/
 *     metrics.jsonl, tensorboard/ (written by the sinks)
 *     places.json                 where the run lay: see run-places.ts
 *     .writer-<id>                as long as a process writes: see folder-lock.ts
 */
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { RunConfig } from '../../config/run-config.ts';
import { LociError } from '../../errors/loci-error.ts';
import { keptOfItem } from '../../evaluate/items.ts';
import type { EvaluationReport } from '../../evaluate/report.ts';
import { AppendFile, keepLinesThrough } from '../../files/append-file.ts';
import { writeFileWhole } from '../../files/atomic-file.ts';
import { removeHalfFiles } from '../../files/leftovers.ts';
import { FolderLock, isLockFile, removeEmpty } from '../../files/lock/folder-lock.ts';
import type { GroupScore } from '../../rollout/score-groups.ts';
import type { AdvantagedGroup, Policy, TrainerState } from '../../spec/index.ts';
import {
  latestCheckpoint,
  removeUnfinished,
  saveCheckpoint,
  stepFolder,
} from './checkpoint-store.ts';
import type { Checkpoint } from './checkpoint-store.ts';
import { rolloutLines } from './rollout-lines.ts';
import { PLACES_FILE, notePlace } from './run-places.ts';

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
   * @throws LociError `not-writable`, `disk-full`, `folder-lost`.
   */
  begin(config: RunConfig, baseDirectory: string): void {
    this.#begin = () => {
      this.assertWritable();
      notePlace(this.directory, baseDirectory);
      writeFileWhole(join(this.directory, 'config.yaml'), stringify(config));
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

  /**
   * Drops the rollouts and the benchmark answers of later steps, which an interrupted run left behind.
   *
   * @param isLast Whether the run has no further step: what was asked after it then stays.
   */
  rewind(lastStep: number, isLast: boolean): void {
    this.assertWritable();
    keepLinesThrough(this.#rolloutsPath, lastStep);
    const evaluations = join(this.directory, 'evaluations');
    if (!existsSync(evaluations)) return;
    if (!isLast) rmSync(this.#evaluationPath('after'), { force: true });
    for (const benchmark of readdirSync(evaluations, { withFileTypes: true })) {
      if (!benchmark.isDirectory()) continue;
      const folder = join(evaluations, benchmark.name);
      for (const step of readdirSync(folder)) {
        if (step > stepFolder(lastStep)) rmSync(join(folder, step), { recursive: true });
      }
    }
  }

  /** Folder of a benchmark's answers at a step. */
  benchmarkFolder(name: string, step: number): string {
    return join(this.directory, 'evaluations', name, stepFolder(step));
  }

  /** Whether the report of a benchmark at a step is there: not when asking was cut short. */
  hasBenchmark(name: string, step: number): boolean {
    return existsSync(join(this.benchmarkFolder(name, step), 'report.json'));
  }

  /** Logs every completion of the groups; on disk when this returns. `groups` has no entry for a group left out. */
  appendRollouts(
    step: number,
    scores: readonly GroupScore[],
    groups: ReadonlyMap<GroupScore, AdvantagedGroup>,
  ): void {
    this.assertWritable();
    this.#rollouts ??= new AppendFile(this.#rolloutsPath);
    this.#rollouts.append(
      scores.map((score) => rolloutLines(step, score, groups.get(score))).join(''),
    );
  }

  saveEvaluation(
    step: number,
    phase: 'before' | 'during' | 'after',
    report: EvaluationReport,
  ): void {
    this.assertWritable();
    const name = phase === 'during' ? stepFolder(step) : phase;
    const rows = report.rows.map((row) => ({ ...row, item: keptOfItem(row.item) }));
    writeFileWhole(this.#evaluationPath(name), `${JSON.stringify({ ...report, rows })}\n`);
  }

  /** Whether `saveEvaluation` wrote a report of a phase, after this step. */
  hasEvaluation(step: number, phase: 'before' | 'during' | 'after'): boolean {
    return existsSync(this.#evaluationPath(phase === 'during' ? stepFolder(step) : phase));
  }

  /** A report that `saveEvaluation` wrote. */
  readEvaluation(phase: 'before' | 'after'): EvaluationReport | undefined {
    const path = this.#evaluationPath(phase);
    if (!existsSync(path)) return undefined;
    return JSON.parse(readFileSync(path, 'utf8')) as EvaluationReport;
  }

  /** Ends writing: the folder is free for others. One in which nothing came about is removed. */
  close(): void {
    this.#rollouts?.close();
    this.#lock.release();
  }

  get #rolloutsPath(): string {
    return join(this.directory, 'rollouts.jsonl');
  }

  #evaluationPath(name: string): string {
    return join(this.directory, 'evaluations', `${name}.json`);
  }
}

function checkFolder(directory: string, resume: boolean): void {
  if (resume && !existsSync(join(directory, 'config.yaml'))) {
    throw new LociError('no-such-run', `${directory} holds no run to resume`);
  }
  if (!resume && existsSync(directory) && !readdirSync(directory).every(isLockFile)) {
    throw new LociError(
      'run-directory-exists',
      `${directory} is not empty; choose another folder, or resume the run in it`,
    );
  }
}
