import { join } from 'node:path';
import { FolderLock, LociError } from '@loci/core';
import type { PartConfig, Run, SinkBacklog } from '@loci/core';
import { existsSync } from 'node:fs';
import { readRunConfig } from '../defaults.ts';
import type { ConfigSource } from '../defaults.ts';
import type { SyncFlags } from '../flags.ts';
import { print } from '../io.ts';
import type { Io } from '../io.ts';
import { openRun, plainLogger } from '../open-run.ts';
import { resolveUserPath } from '../paths.ts';

/**
 * Sends trackers the figures that they missed of finished runs. A tracker that fails, for example without its token, does not hold up the others.
 *
 * @throws LociError `run-unreadable` when a folder is no run, `folder-in-use` while a process trains there, which sends it itself, `sync-incomplete` when
 * something is still left, naming each tracker and why.
 */
export async function sync({ runs }: SyncFlags, io: Io): Promise<void> {
  const found: SyncedRun[] = [];
  for (const typed of runs) {
    const directory = resolveUserPath(typed, io.userDirectory);
    const stored = join(directory, 'config.yaml');
    if (!existsSync(stored)) {
      const message = `${directory} is not a run folder: it has no config.yaml`;
      throw new LociError('run-unreadable', message);
    }
    const lock = FolderLock.take(directory);
    try {
      found.push({ directory, trackers: await syncRun(directory, stored, io) });
    } finally {
      lock.release();
    }
  }
  io.result?.({ runs: found });
  const left = found.flatMap(({ directory, trackers }) =>
    trackers
      .filter((tracker) => tracker.left !== 0)
      .map(
        ({ name, problem = 'unknown' }) => `${name} has not got all of ${directory}: ${problem}`,
      ),
  );
  if (left.length > 0) throw new LociError('sync-incomplete', left.join('\n'));
}

/** What became of one run. */
interface SyncedRun {
  readonly directory: string;
  readonly trackers: readonly SyncedTracker[];
}

/** What one tracker got; without counts where it could not be asked. */
type SyncedTracker =
  SinkBacklog | { readonly name: string; readonly left?: undefined; readonly problem: string };

/** Sends each tracker of a run what it missed, and goes on where one cannot be asked. */
async function syncRun(
  directory: string,
  stored: string,
  io: Io,
): Promise<readonly SyncedTracker[]> {
  const source = { stored, set: [] };
  // A config that cannot be read at all is no fault of a tracker.
  await (await openWith(source, directory, [], io)).dispose();
  const { sinks } = readRunConfig(source, io).config;
  // At once: one that is down is asked for minutes.
  const asked = await Promise.all(sinks.map((sink) => syncOne(source, directory, sink, io)));
  const trackers = asked.filter((one) => one !== undefined);
  if (trackers.length === 0) print(io, `${directory} has no tracker in its config`);
  return trackers;
}

/** @returns undefined of a sink that keeps its files itself. */
async function syncOne(
  source: ConfigSource,
  directory: string,
  sink: PartConfig,
  io: Io,
): Promise<SyncedTracker | undefined> {
  try {
    const backlog = await backlogOf(source, directory, sink, io);
    if (backlog !== undefined) {
      const rest = backlog.left === 0 ? ', nothing is left' : '';
      print(io, `${backlog.name}: ${backlog.sent} entries sent${rest}`);
    }
    return backlog;
  } catch (thrown) {
    if (!LociError.is(thrown)) throw thrown;
    print(io, `${sink.use}: nothing sent`);
    return { name: sink.use, problem: thrown.message };
  }
}

/** Has a tracker catch up. @throws LociError where it cannot be made, as without its token. */
async function backlogOf(
  source: ConfigSource,
  directory: string,
  sink: PartConfig,
  io: Io,
): Promise<SinkBacklog | undefined> {
  const run = await openWith(source, directory, [sink], io);
  try {
    const [made] = await run.sinks();
    return await made?.catchUp?.();
  } finally {
    await run.dispose();
  }
}

/** The run with these sinks alone; nothing of it is downloaded. */
function openWith(
  source: ConfigSource,
  runDirectory: string,
  sinks: readonly PartConfig[],
  io: Io,
): Promise<Run> {
  const surroundings = { runDirectory, logger: plainLogger(io, false), brings: [] };
  return openRun(source, io, surroundings, (config) => ({ ...config, sinks: [...sinks] }));
}
