/** Finds the status of a run from its folder alone, without contact to the process that writes it. */
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { FolderLock, isLockFile } from '@loci/core';
import type { RunStatus } from '../wire/wire.ts';

/** Status of a run, and its writer's memory. */
export interface WriterView {
  readonly status: RunStatus;
  /** In bytes. */
  readonly memory?: number;
}

/**
 * A live lock means a running writer. A lock without its process means a killed writer.
 *
 * @param isComplete Whether the run has written everything.
 */
export function writerOf(folder: string, isComplete: boolean): WriterView {
  const holder = FolderLock.holderOf(folder);
  if (holder !== undefined) {
    const memory = holder.host === hostname() ? residentBytes(holder.process) : undefined;
    return { status: 'running', ...(memory !== undefined && { memory }) };
  }
  const wasKilled = namesIn(folder).some(isLockFile);
  if (wasKilled) return { status: 'killed' };
  return { status: isComplete ? 'finished' : 'stopped' };
}

/** Resident memory of a process of this machine; undefined where the system does not report it. */
function residentBytes(process: number): number | undefined {
  try {
    const [, kilobytes] = /^VmRSS:\s*(\d+) kB$/mu.exec(
      readFileSync(`/proc/${process}/status`, 'utf8'),
    )!;
    return Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}

/** When one of the files of a run was last written, in milliseconds since 1970; 0 where there is none. */
export function lastChange(folder: string): number {
  const files = [
    'metrics.jsonl',
    'rollouts.jsonl',
    'predictions.jsonl',
    'report.json',
    'config.yaml',
  ];
  const times = files.map((name) => join(folder, name)).filter((path) => existsSync(path));
  return Math.max(0, ...times.map((path) => statSync(path).mtimeMs));
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
