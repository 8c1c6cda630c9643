/** Follows one job until it ends: its status, its log, and the figures of its steps. */
import { appendFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@loci/core';
import type { StepFigures } from '../job.ts';
import { isEnded } from '../ray/job-info.ts';
import { LogReader } from '../ray/log-reader.ts';
import type { HostedState, JobHost } from './job-host.ts';
import { firstLine } from './log-text.ts';
import type { StepSource } from './step-source.ts';
import type { Wishes } from './wish.ts';

/** A job to follow. */
export interface FollowOptions {
  readonly id: string;
  readonly host: JobHost;
  readonly source: StepSource;
  readonly logger: Logger;
  readonly wishes: Wishes;
  readonly pollMs: number;
  /** Receives a copy of the job's log. */
  readonly logFile: string;
  /** Receives figures in the order of the steps. */
  onStep(figures: StepFigures): Promise<void>;
  onLine(line: string): void;
  /** Called at each look while the job runs. */
  onLook(): Promise<void>;
}

/** How following ended. */
export type FollowEnd =
  | { readonly kind: 'ended'; readonly state: HostedState }
  /** The host no longer knows the job. */
  | { readonly kind: 'lost' }
  | { readonly kind: 'left' };

/** Most of the time that fetching the log may take. Each fetch reads the whole log, so a long one is fetched less often. */
const LOG_SHARE = 1 / 20;
/** Looks between two fetches of the log where the figures come from a file. */
const FILE_LOG_POLLS = 5;
/** A job that waits longer is reported. */
const PENDING_MS = 60_000;

/** @throws LociError of the host, when it was out of reach for longer than its patience. */
export async function followJob(options: FollowOptions): Promise<FollowEnd> {
  const { id, host, source, logger, wishes, pollMs, logFile } = options;
  const log = new LogReader();
  writeFileSync(logFile, '');
  let nextLog = 0;
  let pendingSince: number | undefined;
  let isStopping = false;

  const takeLog = async (isLast: boolean): Promise<readonly string[]> => {
    const begun = performance.now();
    const { lines, isAnew } = log.take(await host.log(id), isLast);
    const took = performance.now() - begun;
    const pace = source.origin === 'file' ? FILE_LOG_POLLS * pollMs : pollMs;
    nextLog = performance.now() + Math.max(pace, took / LOG_SHARE);
    if (isAnew) writeFileSync(logFile, '');
    if (lines.length > 0) appendFileSync(logFile, `${lines.join('\n')}\n`);
    for (const line of lines) options.onLine(line);
    return lines;
  };

  for (;;) {
    const state = await host.look(id);
    if (state === undefined) return { kind: 'lost' };
    const isLast = isEnded(state.status);
    // The status was read before log and figures, so the last look reads everything that the job wrote.
    const lines = isLast || performance.now() >= nextLog ? await takeLog(isLast) : [];
    for (const figures of source.take(lines)) await options.onStep(figures);
    if (isLast) return { kind: 'ended', state };
    if (state.status === 'PENDING') {
      pendingSince ??= performance.now();
      if (performance.now() - pendingSince > PENDING_MS) {
        logger.info(`the job waits on ${host.place}: ${firstLine(state.message)}`);
        pendingSince = performance.now();
      }
    } else {
      pendingSince = undefined;
    }
    await options.onLook();
    if (wishes.wish === 'leave') return { kind: 'left' };
    if (wishes.wish === 'stop' && !isStopping) {
      isStopping = true;
      logger.info(`asking ${host.place} to stop the job`);
      await host.stop(id);
    }
    await (isStopping ? sleep(Math.min(pollMs, 500)) : wishes.wait(pollMs));
  }
}
