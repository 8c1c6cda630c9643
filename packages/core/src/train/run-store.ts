/**
 * The folder of a run:
 *
 *     config.yaml                 the resolved config, readable by --config
 *     rollouts.jsonl              every rollout, one a line
 *     evaluations/before.json    also after.json, step-000050.json
 *     evaluations/vsi-bench/step-000050/   of a further benchmark: see evaluation-store.ts
 *     checkpoints/step-000025/
 *     metrics.jsonl, tensorboard/ (written by the sinks)
 */
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { RunConfig } from '../config/run-config.ts';
import { LociError } from '../errors/loci-error.ts';
import { keptOfItem } from '../evaluate/items.ts';
import type { EvaluationReport } from '../evaluate/report.ts';
import { AppendFile, keepLinesThrough } from '../files/append-file.ts';
import { writeFileWhole } from '../files/atomic-file.ts';
import type { GroupScore } from '../rollout/score-groups.ts';
import type { AdvantagedGroup, Policy, TrainerState } from '../spec/index.ts';
import { latestCheckpoint, saveCheckpoint, stepFolder } from './checkpoint-store.ts';
import type { Checkpoint } from './checkpoint-store.ts';
import { rolloutLines } from './rollout-lines.ts';

/** Writes a run's folder, and reads it again to resume. */
export class RunStore {
  readonly directory: string;
  #rollouts: AppendFile | undefined;

  private constructor(directory: string) {
    this.directory = directory;
  }

  /**
   * Checks that a run may use a folder; cheap, so that it can be asked before a model is loaded.
   *
   * @throws LociError `run-directory-exists` when a new run would mix with what is there, `no-such-run` when there is nothing
   * to resume.
   */
  static check(directory: string, resume: boolean): void {
    if (resume && !existsSync(join(directory, 'config.yaml'))) {
      throw new LociError('no-such-run', `${directory} holds no run to resume`);
    }
    if (!resume && existsSync(directory) && readdirSync(directory).length > 0) {
      throw new LociError(
        'run-directory-exists',
        `${directory} is not empty; choose another folder, or resume the run in it`,
      );
    }
  }

  /**
   * Opens the folder of a run and stores its config.
   *
   * @throws LociError as `check`, and `not-writable`, `disk-full`.
   */
  static open(directory: string, config: RunConfig, resume: boolean): RunStore {
    RunStore.check(directory, resume);
    writeFileWhole(join(directory, 'config.yaml'), stringify(config));
    return new RunStore(directory);
  }

  /** Folder of the run's checkpoints. */
  get checkpointFolder(): string {
    return join(this.directory, 'checkpoints');
  }

  latestCheckpoint(): Checkpoint | undefined {
    return latestCheckpoint(this.checkpointFolder);
  }

  /** @returns The folder of the checkpoint. */
  saveCheckpoint(policy: Policy, state: TrainerState, keep: number): Promise<string> {
    return saveCheckpoint(join(this.directory, 'checkpoints'), policy, state, keep);
  }

  /** Drops the rollouts and the benchmark answers of later steps, which an interrupted run left behind. */
  rewind(lastStep: number): void {
    keepLinesThrough(this.#rolloutsPath, lastStep);
    const evaluations = join(this.directory, 'evaluations');
    if (!existsSync(evaluations)) return;
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
    const name = phase === 'during' ? stepFolder(step) : phase;
    const rows = report.rows.map((row) => ({ ...row, item: keptOfItem(row.item) }));
    writeFileWhole(this.#evaluationPath(name), `${JSON.stringify({ ...report, rows })}\n`);
  }

  /** Whether `saveEvaluation` wrote a report during the run, after this step. */
  hasEvaluation(step: number): boolean {
    return existsSync(this.#evaluationPath(stepFolder(step)));
  }

  /** A report that `saveEvaluation` wrote. */
  readEvaluation(phase: 'before' | 'after'): EvaluationReport | undefined {
    const path = this.#evaluationPath(phase);
    if (!existsSync(path)) return undefined;
    return JSON.parse(readFileSync(path, 'utf8')) as EvaluationReport;
  }

  close(): void {
    this.#rollouts?.close();
  }

  get #rolloutsPath(): string {
    return join(this.directory, 'rollouts.jsonl');
  }

  #evaluationPath(name: string): string {
    return join(this.directory, 'evaluations', `${name}.json`);
  }
}
