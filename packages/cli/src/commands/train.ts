import { join } from 'node:path';
import { compareReports } from '@loci/core';
import type { RunOutcome, Trainer } from '@loci/core';
import type { TrainFlags } from '../flags.ts';
import { listenForInterrupt } from '../interrupt.ts';
import { print } from '../io.ts';
import type { Io } from '../io.ts';
import { openRun } from '../open-run.ts';
import { nextRunDirectory, resolveUserPath } from '../paths.ts';
import { comparisonTable } from '../render/evaluation-rows.ts';
import { createRunView } from '../render/run-view.ts';
import { renderTable } from '../render/table.ts';
import { readEvaluations } from '../report/read-run.ts';
import { writeReport } from '../report/write-report.ts';
import { resumedRun } from '../resumed-run.ts';

/** Silence after which the view names the phase that is running. */
const SILENCE_MS = 60_000;

/**
 * Trains a run to its end, or to Ctrl-C, and prints what it brought.
 *
 * @throws LociError of the config, the data, the model or the run.
 */
export async function train(flags: TrainFlags, io: Io): Promise<void> {
  const { resume } = flags;
  const resumed = resume === undefined ? undefined : resumedRun({ ...flags, resume }, io);
  const runDirectory = resumed ?? newRunDirectory(flags, io);
  const view = createRunView(io.out, { quiet: flags.quiet ?? false, silenceMs: SILENCE_MS });
  const source = resumed === undefined ? flags : { ...flags, stored: join(resumed, 'config.yaml') };
  const run = await openRun(source, io, { runDirectory, logger: view.logger });
  try {
    const trainer = await run.trainer({ resume: resumed !== undefined });
    trainer.events$.subscribe((event) => view.show(event));
    const outcome = await runUntilInterrupted(trainer, (text) => view.logger.info(text));
    view.stop();
    await conclude(outcome, runDirectory, io);
  } finally {
    view.stop();
    await run.dispose();
  }
}

function newRunDirectory(flags: TrainFlags, io: Io): string {
  return flags.run === undefined
    ? nextRunDirectory(join(io.userDirectory, 'runs'), new Date())
    : resolveUserPath(flags.run, io.userDirectory);
}

async function runUntilInterrupted(
  trainer: Trainer,
  say: (text: string) => void,
): Promise<RunOutcome> {
  const interrupt = listenForInterrupt(() => {
    say('stopping: writing a checkpoint (again to leave at once)');
    trainer.stop();
  });
  try {
    return await trainer.run();
  } finally {
    interrupt.dispose();
  }
}

/** Prints the table of before and after, and where everything lies. */
async function conclude(outcome: RunOutcome, runDirectory: string, io: Io): Promise<void> {
  const { before, after } = readEvaluations(runDirectory);
  if (outcome.reason === 'finished' && before !== undefined && after !== undefined) {
    const { header, rows } = comparisonTable(before, after, compareReports(before, after));
    print(io, `\n${renderTable(header, rows)}\n`);
  }
  const report = await writeReport(runDirectory);
  print(io, `${outcome.reason} after step ${outcome.step}`);
  print(io, `run     ${runDirectory}`);
  print(io, `report  ${report}`);
  if (outcome.reason === 'stopped') {
    print(io, `go on   npx nx run cli:train -- --resume ${runDirectory}`);
  }
}
