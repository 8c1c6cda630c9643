import { join } from 'node:path';
import type { ClusterJob } from '@loci/cluster';
import { nextCommand } from '../next-command.ts';
import { planJob } from '../planned/plan-job.ts';
import { settingsText } from '../planned/settings-text.ts';
import { writeJob } from '../planned/write-job.ts';
import type { ExportFlags, TrainFlags } from '../flags.ts';
import { print, withResult } from '../io.ts';
import type { Io } from '../io.ts';
import { plainLogger } from '../open-run.ts';
import { nextRunDirectory } from '../paths.ts';
import { namedFolder, outFolder } from '../written-paths.ts';

/**
 * Writes the files that another engine needs to train a run: rows, frames, working folder and command.
 *
 * @throws LociError of the config, the data or the model; `setting-refused` with every setting that the engine does not support.
 */
export async function exportJob(flags: ExportFlags, io: Io): Promise<void> {
  const directory = outFolder(flags.out, io.userDirectory);
  const logger = plainLogger(io, flags.quiet ?? false);
  const plan = { directory, logger, engine: flags.to, storage: flags.storage ?? directory };
  const { job, rewardsUrl } = await planJob(flags, io, plan);
  writeJob(job, directory);
  conclude(job, directory, rewardsUrl, io);
}

/** Writes the job that `train` would send, and prints how the engine treats each setting. */
export async function dryRun(flags: TrainFlags, given: Io): Promise<void> {
  const io = withResult(given, flags);
  const directory =
    flags.run === undefined
      ? nextRunDirectory(join(io.userDirectory, 'runs'), new Date())
      : namedFolder('--run', flags.run, io.userDirectory);
  const logger = plainLogger(io, flags.quiet ?? false);
  const { job, rewardsUrl } = await planJob(flags, io, { directory, logger });
  writeJob(job, directory);
  print(io, `${settingsText(job.settings)}\n`);
  conclude(job, directory, rewardsUrl, io);
}

function conclude(job: ClusterJob, directory: string, rewardsUrl: string, io: Io): void {
  const { rows } = job;
  if (job.departures.length > 0) {
    print(
      io,
      `differs from a run trained by Loci\n${job.departures.map((line) => `  ${line}`).join('\n')}\n`,
    );
  }
  const left = rows.leftOut.length === 0 ? '' : `, ${rows.leftOut.length} samples left out`;
  const counts = `${rows.trainCount} to train on, ${rows.validationCount} to validate`;
  print(io, `rows     ${counts}; longest prompt ${rows.longestPrompt} tokens${left}`);
  for (const { id, reason } of rows.leftOut.slice(0, 5)) print(io, `         ${id}: ${reason}`);
  print(io, `train    ${rows.train}`);
  print(io, `command  ${join(directory, 'entrypoint.txt')}`);
  print(io, `files    ${join(directory, 'working_dir')}`);
  print(io, `settings ${join(directory, 'settings.md')}`);
  print(io, `rewards  ${nextCommand('serve-rewards', '…')}, reached at ${rewardsUrl}`);
  const { engine, engineVersion, entrypoint, settings, departures, totalSteps } = job;
  io.result?.({
    ...{ directory, engine, engineVersion, entrypoint, rows, totalSteps, rewardsUrl },
    ...{ departures, settings },
  });
}
