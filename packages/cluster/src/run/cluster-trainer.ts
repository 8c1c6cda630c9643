/** The trainer of a run whose job trains elsewhere: sends or finds the job, follows it, fills the run folder, and provides the model. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { LociError } from '@loci/core';
import type { Logger, RunEvent, RunOutcome, Trainer } from '@loci/core';
import { Subject } from 'rxjs';
import type { StepFigures } from '../job.ts';
import type { RecordKeeper } from './cluster-record.ts';
import { keptOutputs, nextAttempt } from './cluster-record.ts';
import type { ClusterEngine, StoragePlaces } from './engine.ts';
import { pathHere } from './engine.ts';
import { followJob } from './follow-job.ts';
import type { FollowEnd } from './follow-job.ts';
import type { HostedState, JobHost } from './job-host.ts';
import { jobFailed, jobLost } from './job-errors.ts';
import { leaveModel } from './leave-model.ts';
import type { Preflight } from './preflight/preflight.ts';
import type { RewardsOfRun } from './rewards-of-run.ts';
import { isPassing } from '../ray/ray-http.ts';
import { RowCheck } from './row-check.ts';
import type { RunFiller } from './run-filler.ts';
import { StepSource } from './step-source.ts';
import { Wishes } from './wish.ts';

/** Collaborators and settings of the trainer. */
export interface ClusterTrainerParts {
  readonly engine: ClusterEngine;
  readonly host: JobHost;
  readonly keeper: RecordKeeper;
  readonly filler: RunFiller;
  readonly rewards: RewardsOfRun;
  readonly preflight: Preflight;
  readonly storage: StoragePlaces;
  readonly runDirectory: string;
  /** Address of the head, for the record; undefined for a process on this machine. */
  readonly address: string | undefined;
  /** Steps in the config. */
  readonly steps: number;
  readonly pollMs: number;
  readonly logger: Logger;
}

/** Follows one job at a time. */
export class ClusterTrainer implements Trainer {
  readonly #events = new Subject<RunEvent>();
  readonly events$ = this.#events.asObservable();
  readonly #wishes = new Wishes();
  readonly #parts: ClusterTrainerParts;
  #checkpointStep = -1;

  constructor(parts: ClusterTrainerParts) {
    this.#parts = parts;
  }

  async run(): Promise<RunOutcome> {
    try {
      const outcome = await this.#course();
      this.#events.next({ type: 'run-end', ...outcome });
      return outcome;
    } finally {
      this.#events.complete();
    }
  }

  stop(): void {
    this.#wishes.ask('stop');
  }

  leave(): void {
    this.#wishes.ask('leave');
  }

  async #course(): Promise<RunOutcome> {
    const { keeper, logger, rewards } = this.#parts;
    const known = await this.#known();
    if (known === undefined) {
      if (this.#isTrained()) return this.#finish();
      try {
        await this.#send();
      } catch (thrown) {
        // The host may have accepted the job, which then needs its reward server.
        if (!isPassing(thrown)) await rewards.end();
        throw thrown;
      }
    }
    if (!(keeper.attempt?.isAccepted ?? false)) {
      await rewards.end();
      return this.#outcome('stopped');
    }
    const end = await this.#follow();
    if (end.kind === 'left') return this.#outcome('left');
    if (end.kind === 'lost') keeper.changeAttempt({ end: 'LOST' });
    else keeper.changeAttempt({ end: endOf(end) });
    try {
      if (end.kind === 'lost') throw jobLost(this.#attempt(), this.#parts);
      if (end.state.status === 'STOPPED') {
        // The job was stopped while nobody followed it, and the user resumes the run: train on.
        if (known?.status !== 'STOPPED') return this.#outcome('stopped');
        logger.info('the job was stopped meanwhile: the run continues from its last checkpoint');
        return await this.#course();
      }
      if (end.state.status === 'FAILED')
        throw await jobFailed(end.state, this.#attempt(), this.#parts);
      return await this.#finish();
    } finally {
      await rewards.end();
    }
  }

  /** A job that was sent before and runs, or has ended unseen. */
  async #known(): Promise<HostedState | undefined> {
    const { host, keeper, logger } = this.#parts;
    const { attempt } = keeper;
    if (attempt === undefined || attempt.end !== undefined) return undefined;
    const state = await host.look(attempt.submissionId);
    if (state !== undefined) {
      logger.info(`found the job ${attempt.submissionId} on ${host.place}: ${state.status}`);
      keeper.changeAttempt({ isAccepted: true });
      return state;
    }
    if (!attempt.isAccepted) return undefined;
    logger.warn(
      `${host.place} no longer knows the job ${attempt.submissionId}: its head has restarted. The run continues from its last checkpoint, with a new job`,
    );
    keeper.changeAttempt({ end: 'LOST' });
    return undefined;
  }

  /** Whether the last attempt succeeded with all steps that the config has now. */
  #isTrained(): boolean {
    const { keeper, steps } = this.#parts;
    const { attempt } = keeper;
    return attempt?.end === 'SUCCEEDED' && attempt.totalSteps >= steps;
  }

  async #send(): Promise<void> {
    const { address, engine, filler, host, keeper, logger, preflight, rewards, storage } =
      this.#parts;
    const { attempt } = keeper;
    const again = attempt !== undefined && attempt.end === undefined ? attempt : undefined;
    const { number, submissionId } = again ?? nextAttempt(keeper.record);
    const rewardsUrl = await rewards.start();
    const { name, attempts } = keeper.record;
    const job = await engine.makeJob({ name, attempt: number, rewardsUrl });
    for (const line of job.departures) logger.warn(line);
    for (const { id, reason } of job.rows.leftOut.slice(0, 5))
      logger.warn(`${id} is left out: ${reason}`);
    if (job.rows.leftOut.length > 5)
      logger.warn(`${job.rows.leftOut.length} samples are left out in total`);
    const { totalSteps, rows, outputs } = job;
    const { trainCount, validationCount } = rows;
    const planned = {
      ...{ number, submissionId, totalSteps, trainCount, validationCount, isAccepted: false },
      ...(address !== undefined && { address }),
      outputs: keptOutputs(outputs),
      metricsFrom: bytesOf(pathHere(outputs.metrics, storage)),
    };
    const earlier = again === undefined ? attempts : attempts.slice(0, -1);
    keeper.change({ attempts: [...earlier, planned] });
    if (this.#wishes.wish === undefined) await preflight.check(job, this.#wishes);
    if (this.#wishes.wish !== undefined) return;
    filler.beginAttempt();
    rewards.release();
    const { entrypoint, files, environment } = job;
    await host.start({ id: submissionId, entrypoint, files, environment, purpose: 'train' });
    keeper.changeAttempt({ isAccepted: true });
    logger.info(`the job ${submissionId} is on ${host.place}`);
    const here = pathHere(outputs.checkpoints, storage);
    const checkpoint = here === undefined ? undefined : await engine.reader.latestCheckpoint(here);
    if (checkpoint !== undefined && checkpoint.step < filler.filled) filler.rewind(checkpoint.step);
  }

  async #follow(): Promise<FollowEnd> {
    const { engine, filler, host, logger, pollMs, rewards, runDirectory, storage } = this.#parts;
    const { metricsFrom, number, outputs, submissionId, totalSteps, trainCount, validationCount } =
      this.#attempt();
    filler.rewind(filler.filled);
    const startStep = Math.max(0, filler.filled);
    this.#events.next({
      type: 'run-start',
      runDirectory,
      startStep,
      totalSteps,
      trainingSamples: trainCount,
    });
    this.#stepStarts(startStep + 1);
    const rows = new RowCheck(
      engine.reader,
      { train: trainCount, validation: validationCount },
      logger,
    );
    const end = await followJob({
      ...{ id: submissionId, host, logger, wishes: this.#wishes, pollMs },
      source: new StepSource(engine.reader, pathHere(outputs.metrics, storage), metricsFrom),
      logFile: join(runDirectory, `job-${number}.log`),
      onStep: (figures) => this.#step(figures),
      onLine: (line) => rows.line(line),
      onLook: () => rewards.keep(),
    });
    rows.conclude();
    return end;
  }

  async #step(figures: StepFigures): Promise<void> {
    const { filler } = this.#parts;
    const metrics = filler.write(figures);
    if (metrics === undefined) return;
    const { step } = figures;
    const { totalSteps } = this.#attempt();
    if (step > 0) this.#events.next({ type: 'step-end', step, totalSteps, metrics });
    await this.#lookForCheckpoint();
    this.#stepStarts(step + 1);
  }

  #stepStarts(step: number): void {
    const { totalSteps } = this.#attempt();
    if (step <= totalSteps) this.#events.next({ type: 'step-start', step, totalSteps });
  }

  async #lookForCheckpoint(): Promise<void> {
    const { engine, storage } = this.#parts;
    const here = pathHere(this.#attempt().outputs.checkpoints, storage);
    const found = here === undefined ? undefined : await engine.reader.latestCheckpoint(here);
    if (found === undefined || found.step === this.#checkpointStep) return;
    this.#checkpointStep = found.step;
    this.#events.next({ type: 'checkpoint', ...found });
  }

  /** Ends a run whose training is done: finds or makes its model. */
  async #finish(): Promise<RunOutcome> {
    const { keeper } = this.#parts;
    const model =
      keeper.record.model ?? (await leaveModel(this.#attempt(), this.#parts, this.#wishes));
    const outcome = this.#outcome('finished');
    if (model === undefined) return outcome;
    const { directory, here } = model;
    return { ...outcome, model: { directory: here ?? directory, isHere: here !== undefined } };
  }

  #outcome(reason: 'finished' | 'stopped' | 'left'): RunOutcome {
    return { step: Math.max(0, this.#parts.filler.filled), reason };
  }

  #attempt() {
    const { attempt } = this.#parts.keeper;
    if (attempt === undefined) throw new LociError('no-job', 'The run has no job yet');
    return attempt;
  }
}

function endOf({ state }: Extract<FollowEnd, { kind: 'ended' }>) {
  const { status } = state;
  return status === 'SUCCEEDED' || status === 'STOPPED' ? status : 'FAILED';
}

/** Size of a file; 0 where it does not exist, or this machine does not see it. */
function bytesOf(file: string | undefined): number {
  return file === undefined ? 0 : (statSync(file, { throwIfNoEntry: false })?.size ?? 0);
}
