/** Checks a cluster before a job is sent to it, by a small job of its own that looks at every node. */
import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { LociError } from '@loci/core';
import type { Logger } from '@loci/core';
import type { ClusterJob } from '../../job.ts';
import { isEnded } from '../../ray/job-info.ts';
import type { RecordKeeper } from '../cluster-record.ts';
import type { StoragePlaces } from '../engine.ts';
import type { HostedState, JobHost } from '../job-host.ts';
import { endOfLog, firstLine } from '../log-text.ts';
import type { Wishes } from '../wish.ts';
import { judge } from './judge.ts';
import type { ClusterNeeds } from './judge.ts';
import { reportIn } from './report.ts';

/** Checks that a cluster can run a job, before the job is sent. */
export interface Preflight {
  /** @throws LociError `preflight-failed` with a remedy for each failure. */
  check(job: ClusterJob, wishes: Wishes): Promise<void>;
}

/** Collaborators and settings of `JobPreflight`. */
export interface PreflightOptions {
  readonly host: JobHost;
  readonly keeper: RecordKeeper;
  readonly storage: StoragePlaces;
  readonly pollMs: number;
  readonly logger: Logger;
  /** The requirements of the job, and the shell command that scores one sample in the job's working folder. */
  needsOf(job: ClusterJob): ClusterNeeds & { readonly probe: string | undefined };
  /** Tags that the engine's tokenizer must leave in completions. */
  readonly tags: readonly string[];
}

const SCRIPT = join(import.meta.dirname, '../../../assets/preflight.py');
/** Limit for the checks of one node. */
const NODE_SECONDS = 120;

/** Runs the preflight as a job on the host of the run. */
export class JobPreflight implements Preflight {
  readonly #options: PreflightOptions;

  constructor(options: PreflightOptions) {
    this.#options = options;
  }

  async check(job: ClusterJob, wishes: Wishes): Promise<void> {
    const { host, keeper, storage, logger, needsOf } = this.#options;
    const needs = needsOf(job);
    const number = keeper.record.preflights + 1;
    keeper.change({ preflights: number });
    const id = `loci-${keeper.record.run}-preflight-${number}`;
    const marker = {
      folder: storage.nodes,
      marker: `.${id}`,
      text: randomBytes(8).toString('hex'),
    };
    const markerHere = storage.here === undefined ? undefined : join(storage.here, marker.marker);
    if (markerHere !== undefined && storage.here !== undefined) {
      mkdirSync(storage.here, { recursive: true });
      writeFileSync(markerHere, marker.text);
    }
    const task = {
      packages: Object.keys(needs.packages),
      storage: { ...marker, write: markerHere === undefined },
      media: (job.rows.probe?.paths ?? []).slice(0, 2),
      tokenizer:
        needs.model === undefined ? null : { folder: needs.model, tags: this.#options.tags },
      probe: needs.probe ?? null,
      seconds: NODE_SECONDS,
      ray: host.isRay,
    };
    const files = new Map([
      ...job.files,
      ['preflight.py', readFileSync(SCRIPT)],
      ['preflight.json', Buffer.from(JSON.stringify(task))],
    ]);
    logger.info(`checking ${host.place} before the job is sent`);
    try {
      const entrypoint = 'python3 preflight.py';
      await host.start({
        id,
        entrypoint,
        files,
        environment: job.environment,
        purpose: 'preflight',
      });
      const state = await this.#end(id, wishes);
      if (state !== undefined) await this.#conclude(id, state, needs);
    } finally {
      if (markerHere !== undefined) rmSync(markerHere, { force: true });
    }
  }

  /** Waits for the preflight. @returns Undefined where the user left or stopped the run. */
  async #end(id: string, wishes: Wishes): Promise<HostedState | undefined> {
    const { host, pollMs } = this.#options;
    for (;;) {
      const state = await host.look(id);
      if (state === undefined) {
        throw new LociError(
          'job-lost',
          `${host.place} no longer knows the preflight ${id}: its head has restarted. Try again`,
        );
      }
      if (isEnded(state.status)) return state;
      if (wishes.wish !== undefined) {
        await host.stop(id);
        return undefined;
      }
      await wishes.wait(pollMs);
    }
  }

  async #conclude(id: string, state: HostedState, needs: ClusterNeeds): Promise<void> {
    const { host, logger } = this.#options;
    const log = await host.log(id);
    const report = reportIn(log);
    if (report === undefined) {
      throw new LociError(
        'preflight-failed',
        `The preflight ${id} on ${host.place} ended without a report (${firstLine(state.message)}):\n${endOfLog(log)}\n` +
          'Install python3 with ray on the head; the log above shows what failed',
      );
    }
    const { passed, failed } = judge(report, needs);
    for (const line of passed) logger.info(`preflight: ${line}`);
    if (failed.length === 0) return;
    throw new LociError(
      'preflight-failed',
      `The cluster cannot run the job, so it was not sent:\n${failed.map((line) => `- ${line}`).join('\n')}\n` +
        `Mend these; then train --resume ${this.#options.keeper.directory}`,
      { details: { failed } },
    );
  }
}
