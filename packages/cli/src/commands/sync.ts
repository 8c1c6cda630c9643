import { join } from 'node:path';
import { FolderLock, LociError } from '@loci/core';
import type { SinkBacklog } from '@loci/core';
import { existsSync } from 'node:fs';
import type { SyncFlags } from '../flags.ts';
import { print } from '../io.ts';
import type { Io } from '../io.ts';
import { openRun, plainLogger } from '../open-run.ts';
import { resolveUserPath } from '../paths.ts';

/**
 * Sends trackers what they missed of runs that are over.
 *
 * @throws LociError `run-unreadable` when a folder is no run, `folder-in-use` while a process trains there, which sends it itself, `sync-incomplete` when
 * something is still left.
 */
export async function sync({ runs }: SyncFlags, io: Io): Promise<void> {
  const found: SyncedRun[] = [];
  for (const typed of runs) {
    const directory = resolveUserPath(typed, io.userDirectory);
    const stored = join(directory, 'config.yaml');
    if (!existsSync(stored)) {
      const message = `${directory} is no run folder: it has no config.yaml`;
      throw new LociError('run-unreadable', message);
    }
    const lock = FolderLock.take(directory);
    try {
      found.push({ directory, trackers: await syncOne(directory, stored, io) });
    } finally {
      lock.release();
    }
  }
  io.result?.({ runs: found });
  const left = found.flatMap(({ directory, trackers }) =>
    trackers
      .filter((tracker) => tracker.left > 0)
      .map(
        ({ name, problem }) => `${name} has not got all of ${directory}: ${problem ?? 'unknown'}`,
      ),
  );
  if (left.length > 0) throw new LociError('sync-incomplete', left.join('\n'));
}

/** What became of one run. */
interface SyncedRun {
  readonly directory: string;
  readonly trackers: readonly SinkBacklog[];
}

/** Sends each tracker of a run what it missed. */
async function syncOne(directory: string, stored: string, io: Io): Promise<readonly SinkBacklog[]> {
  const surroundings = { runDirectory: directory, logger: plainLogger(io, false) };
  const run = await openRun({ stored, set: [] }, io, surroundings);
  const trackers: SinkBacklog[] = [];
  try {
    for (const sink of await run.sinks()) {
      const backlog = await sink.catchUp?.();
      if (backlog === undefined) continue;
      trackers.push(backlog);
      print(
        io,
        `${backlog.name}: ${backlog.sent} entries sent${backlog.left === 0 ? ', nothing is left' : ''}`,
      );
    }
    if (trackers.length === 0) print(io, `${directory} has no tracker in its config`);
  } finally {
    await run.dispose();
  }
  return trackers;
}
