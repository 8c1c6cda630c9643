/** Parses and checks the answers of the Jobs API. Source: ray-project/ray, dashboard/modules/job/common.py. */
import { LociError, messageOf } from '@loci/core';
import { z } from 'zod';

const STATUSES = ['PENDING', 'RUNNING', 'STOPPED', 'SUCCEEDED', 'FAILED'] as const;

/** Status of a job. */
export type JobStatus = (typeof STATUSES)[number];

/** Whether a status is final. */
export function isEnded(status: JobStatus): boolean {
  return status === 'STOPPED' || status === 'SUCCEEDED' || status === 'FAILED';
}

const jobInfo = z.looseObject({
  submission_id: z.string().nullish(),
  entrypoint: z.string().nullish(),
  status: z.enum(STATUSES),
  message: z.string().nullish(),
  start_time: z.number().nullish(),
  end_time: z.number().nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
  driver_exit_code: z.number().nullish(),
});

/** The fields of a job that Loci uses. */
export interface JobInfo {
  /** Absent for jobs that somebody started without the Jobs API. */
  readonly submissionId?: string;
  readonly entrypoint: string;
  readonly status: JobStatus;
  /** Ray's message on the status. */
  readonly message: string;
  /** Milliseconds since 1970. */
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly metadata: Readonly<Record<string, string>>;
  readonly exitCode?: number;
}

const versionInfo = z.looseObject({ ray_version: z.string(), session_name: z.string().nullish() });

/** Version of a dashboard. */
export interface RayVersion {
  /** `2.58.0` */
  readonly version: string;
  /** New at each start of the head. */
  readonly session: string;
}

/** @throws LociError `ray-answer`. */
export function parseJob(text: string): JobInfo {
  return toJob(parsed(jobInfo, text, 'a job'));
}

/** @throws LociError `ray-answer`. */
export function parseJobs(text: string): readonly JobInfo[] {
  return parsed(z.array(jobInfo), text, 'a list of jobs').map(toJob);
}

/** @throws LociError `ray-answer` where the answer does not come from a Ray dashboard. */
export function parseVersion(text: string): RayVersion {
  const { ray_version: version, session_name: session } = parsed(versionInfo, text, 'its version');
  return { version, session: session ?? '' };
}

/** @throws LociError `ray-answer`. */
export function parseLog(text: string): string {
  return parsed(z.looseObject({ logs: z.string().nullish() }), text, 'a log').logs ?? '';
}

function toJob(info: z.output<typeof jobInfo>): JobInfo {
  return {
    entrypoint: info.entrypoint ?? '',
    status: info.status,
    message: info.message ?? '',
    metadata: info.metadata ?? {},
    ...(typeof info.submission_id === 'string' && { submissionId: info.submission_id }),
    ...(typeof info.start_time === 'number' && { startedAt: info.start_time }),
    ...(typeof info.end_time === 'number' && { endedAt: info.end_time }),
    ...(typeof info.driver_exit_code === 'number' && { exitCode: info.driver_exit_code }),
  };
}

function parsed<Value>(schema: z.ZodType<Value>, text: string, what: string): Value {
  try {
    return schema.parse(JSON.parse(text));
  } catch (thrown) {
    const start = text.trim().slice(0, 120);
    throw new LociError(
      'ray-answer',
      `The server is not a Ray dashboard, or one of an unknown version: Loci requested ${what}, and it answered ${start}. Check trainer.address`,
      { cause: thrown, details: { reason: messageOf(thrown) } },
    );
  }
}
