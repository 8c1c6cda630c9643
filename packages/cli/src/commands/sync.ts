import { join } from 'node:path';
import { FolderLock, LociError } from '@loci/core';
import { existsSync } from 'node:fs';
import type { SyncFlags } from '../flags.ts';
import { print } from '../io.ts';
import type { Io } from '../io.ts';
import { openRun, plainLogger } from '../open-run.ts';
import { resolveUserPath } from '../paths.ts';

/**
 * Sends trackers the figures that they missed of finished runs.
 *
 * @throws LociError `run-unreadable` when a folder is no run, `folder-in-use` while a process trains there, which sends it itself, `sync-incomplete` when
 * something is still left.
 */
export async function sync({ runs }: SyncFlags, io: Io): Promise<void> {
  const left: string[] = [];
  for (const typed of runs) {
    const directory = resolveUserPath(typed, io.userDirectory);
    const stored = join(directory, 'config.yaml');
    if (!existsSync(stored)) {
      const message = `${directory} is not a run folder: it has no config.yaml`;
      throw new LociError('run-unreadable', message);
    }
    const lock = FolderLock.take(directory);
    try {
      left.push(...(await syncOne(directory, stored, io)));
    } finally {
      lock.release();
    }
  }
  if (left.length > 0) throw new LociError('sync-incomplete', left.join('\n'));
}

/** @returns what is left, a sentence a tracker. */
async function syncOne(directory: string, stored: string, io: Io): Promise<readonly string[]> {
  const surroundings = { runDirectory: directory, logger: plainLogger(io, false) };
  const run = await openRun({ stored, set: [] }, io, surroundings);
  const left: string[] = [];
  try {
    let trackers = 0;
    for (const sink of await run.sinks()) {
      const backlog = await sink.catchUp?.();
      if (backlog === undefined) continue;
      trackers++;
      print(
        io,
        `${backlog.name}: ${backlog.sent} entries sent${backlog.left === 0 ? ', nothing is left' : ''}`,
      );
      if (backlog.left > 0) {
        left.push(
          `${backlog.name} has not got all of ${directory}: ${backlog.problem ?? 'unknown'}`,
        );
      }
    }
    if (trackers === 0) print(io, `${directory} has no tracker in its config`);
  } finally {
    await run.dispose();
  }
  return left;
}
