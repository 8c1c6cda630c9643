import { join } from 'node:path';
import { createRun } from '@loci/core';
import type { EvaluationReport, ReportComparison, RunEvent, RunOutcome, Trainer } from '@loci/core';
import { bundledPlugins } from '../compose.ts';
import { readRunConfig } from '../defaults.ts';
import { comparisonTable } from '../evaluation-rows.ts';
import { listenForInterrupt } from '../interrupt.ts';
import { print } from '../io.ts';
import type { Io } from '../io.ts';
import { nextRunDirectory, resolveUserPath } from '../paths.ts';
import type { TrainFlags } from '../program.ts';
import { createRunView } from '../render/run-view.ts';
import { renderTable } from '../render/table.ts';
import { writeReport } from '../report/write-report.ts';

/** Silence after which the view names the phase that is running. */
const SILENCE_MS = 60_000;

/** The two evaluations that the end of a run compares. */
interface Results {
  before?: EvaluationReport;
  after?: EvaluationReport;
  comparison?: ReportComparison;
}

/**
 * Trains a run to its end, or to Ctrl-C, and prints what it brought.
 *
 * @throws LociError of the config, the data, the model or the run.
 */
export async function train(flags: TrainFlags, io: Io): Promise<void> {
  const resumed =
    flags.resume === undefined ? undefined : resolveUserPath(flags.resume, io.userDirectory);
  const runDirectory = resumed ?? newRunDirectory(flags, io);
  const { config, origin } = readRunConfig(
    resumed === undefined ? flags : { ...flags, config: join(resumed, 'config.yaml') },
    io,
  );
  const view = createRunView(io.out, { quiet: flags.quiet ?? false, silenceMs: SILENCE_MS });
  const run = await createRun({
    config,
    origin,
    plugins: bundledPlugins,
    baseDirectory: io.userDirectory,
    runDirectory,
    logger: view.logger,
  });
  try {
    const trainer = await run.trainer({ resume: resumed !== undefined });
    const results: Results = {};
    trainer.events$.subscribe((event) => {
      view.show(event);
      keep(event, results);
    });
    const outcome = await runUntilInterrupted(trainer, (text) => view.logger.info(text));
    view.stop();
    await conclude(outcome, results, runDirectory, io);
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

function keep(event: RunEvent, results: Results): void {
  if (event.type !== 'evaluation' || event.phase === 'during') return;
  results[event.phase] = event.report;
  if (event.comparison !== undefined) results.comparison = event.comparison;
}

async function conclude(
  outcome: RunOutcome,
  { before, after, comparison }: Results,
  runDirectory: string,
  io: Io,
): Promise<void> {
  if (before !== undefined && after !== undefined && comparison !== undefined) {
    const { header, rows } = comparisonTable(before, after, comparison);
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
