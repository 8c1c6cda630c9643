/**
 * Records the jobs of a run in `cluster.json` of its folder. Each attempt is written with the id of its job before the job is sent. So the
 * next process that opens the folder finds the job, however this one ended.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LociError, messageOf, writeFileWhole } from '@loci/core';
import { z } from 'zod';
import { ENGINES } from '../options.ts';
import type { JobOutputs } from '../job.ts';

/** Name of the file in the run folder. */
export const RECORD_FILE = 'cluster.json';

const outputs = z.strictObject({
  metrics: z.string().optional(),
  rollouts: z.string().optional(),
  checkpoints: z.string(),
});

const attemptSchema = z.strictObject({
  number: z.int().positive(),
  /** Id of the job, unique among the jobs of all runs. */
  submissionId: z.string().min(1),
  /** Address of the head; absent for a process on this machine. */
  address: z.string().optional(),
  outputs,
  totalSteps: z.int().nonnegative(),
  trainCount: z.int().nonnegative(),
  validationCount: z.int().nonnegative(),
  /** Whether the head is known to have the job. */
  isAccepted: z.boolean().default(false),
  /** Bytes of its metrics file that earlier attempts wrote: some engines append. */
  metricsFrom: z.int().nonnegative().default(0),
  /** The first step with figures; later attempts begin after a checkpoint. */
  firstStep: z.int().nonnegative().optional(),
  /** How it ended; absent while it may still run. */
  end: z.enum(['SUCCEEDED', 'FAILED', 'STOPPED', 'LOST']).optional(),
});

const recordSchema = z.strictObject({
  version: z.literal(1),
  /** Id of the run that the jobs belong to. */
  run: z.string().regex(/^[0-9a-f]{12}$/u),
  /** Name of the run's folder on the shared storage. It stays when the run folder is moved. */
  name: z.string().min(1),
  engine: z.enum(ENGINES),
  engineVersion: z.string(),
  attempts: z.array(attemptSchema),
  /** The last step whose figures are complete in the run folder; -1: none. */
  filled: z.int().min(-1).default(-1),
  /** Bytes of the reward server's record whose rollouts are in the run folder, or belong to an abandoned attempt. */
  scoredBytes: z.int().nonnegative().default(0),
  /** Preflights that were begun; each is a job of its own. */
  preflights: z.int().nonnegative().default(0),
  /** Merge jobs that were begun. */
  merges: z.int().nonnegative().default(0),
  /** The reward server that Loci started for the run. */
  rewards: z
    .strictObject({ url: z.string(), pid: z.int().positive(), host: z.string(), port: z.int() })
    .optional(),
  /** The trained model. */
  model: z
    .strictObject({
      step: z.int().nonnegative(),
      /** As the nodes see it. */
      directory: z.string(),
      /** As this machine sees it; absent where it does not. */
      here: z.string().optional(),
    })
    .optional(),
});

/** One job of a run. */
export type Attempt = z.output<typeof attemptSchema>;

/** The jobs of a run. */
export type ClusterRecord = z.output<typeof recordSchema>;

/**
 * The record of a run that has no job yet.
 *
 * @param folder Name of the run folder.
 */
export function newRecord(
  folder: string,
  engine: ClusterRecord['engine'],
  engineVersion: string,
): ClusterRecord {
  const run = randomBytes(6).toString('hex');
  const nothing = { attempts: [], filled: -1, scoredBytes: 0, preflights: 0, merges: 0 };
  return { version: 1, run, name: `${folder}-${run}`, engine, engineVersion, ...nothing };
}

/** The next attempt, whose outputs are not known yet. */
export function nextAttempt({
  run,
  attempts,
}: ClusterRecord): Pick<Attempt, 'number' | 'submissionId'> {
  const number = attempts.length + 1;
  return { number, submissionId: `loci-${run}-${number}` };
}

/**
 * The record of a run folder.
 *
 * @returns Undefined where the folder has no jobs: a run that trains in its own process, or no run at all.
 * @throws LociError `cluster-record-damaged`.
 */
export function readRecord(runDirectory: string): ClusterRecord | undefined {
  const file = join(runDirectory, RECORD_FILE);
  if (!existsSync(file)) return undefined;
  try {
    return recordSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (thrown) {
    throw new LociError(
      'cluster-record-damaged',
      `${file}, which names the jobs of the run, cannot be read: ${messageOf(thrown)}. Restore it from a copy; or find the jobs with ` +
        'cli:jobs -- --address URL, stop those of this run, and train in a new folder',
      { cause: thrown },
    );
  }
}

/** Keeps the record of a run, and writes each change to disk before it returns. */
export class RecordKeeper {
  readonly directory: string;
  readonly #file: string;
  readonly #assertWritable: () => void;
  #record: ClusterRecord;

  /** @param assertWritable throws where this process has lost the folder to another. */
  constructor(runDirectory: string, record: ClusterRecord, assertWritable: () => void) {
    this.directory = runDirectory;
    this.#file = join(runDirectory, RECORD_FILE);
    this.#record = record;
    this.#assertWritable = assertWritable;
  }

  get record(): ClusterRecord {
    return this.#record;
  }

  /** The newest attempt. */
  get attempt(): Attempt | undefined {
    return this.#record.attempts.at(-1);
  }

  /** @throws LociError `folder-lost`, `not-writable`, `disk-full`. */
  change(changes: Partial<ClusterRecord>): void {
    this.#assertWritable();
    this.#record = { ...this.#record, ...changes };
    writeFileWhole(this.#file, `${JSON.stringify(this.#record, undefined, 2)}\n`);
  }

  /** Changes the newest attempt. */
  changeAttempt(changes: Partial<Attempt>): void {
    const { attempts } = this.#record;
    const last = attempts.at(-1);
    if (last === undefined) return;
    this.change({ attempts: [...attempts.slice(0, -1), { ...last, ...changes }] });
  }
}

/** The outputs of a job in the form of the record. */
export function keptOutputs({ metrics, rollouts, checkpoints }: JobOutputs): Attempt['outputs'] {
  return {
    checkpoints,
    ...(metrics !== undefined && { metrics }),
    ...(rollouts !== undefined && { rollouts }),
  };
}
