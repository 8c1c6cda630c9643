import { existsSync } from 'node:fs';
import { LociError } from '@loci/core';
import type { WatchFlags } from '../flags.ts';
import { print } from '../io.ts';
import type { Io } from '../io.ts';
import { resolveUserPath } from '../paths.ts';
import { openWatchPage } from '../serve/watch-page.ts';

/**
 * Serves the live page of runs until Ctrl-C.
 *
 * @throws LociError `no-such-folder` naming a missing folder, and those of `openWatchPage`.
 */
export async function watch({ runs, port }: WatchFlags, io: Io): Promise<void> {
  const folders = runs.map((typed) => resolveUserPath(typed, io.userDirectory));
  const missing = folders.find((folder) => !existsSync(folder));
  if (missing !== undefined) {
    const message = `There is no ${missing}: name a run, or a folder with runs`;
    throw new LociError('no-such-folder', message);
  }
  const watched = folders.length > 0 ? folders : [resolveUserPath('runs', io.userDirectory)];
  const page = await openWatchPage(watched, port);
  print(io, `watching ${watched.join(', ')}`);
  print(io, `page     ${page.address} (Ctrl-C ends)`);
  io.result?.({ address: page.address, folders: watched });
  await page.untilInterrupted();
}
