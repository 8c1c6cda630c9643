import { join } from 'node:path';
import { LociError, readEvaluationsOfRun, stepFolder } from '@loci/core';
import type { Logger, Run, RunOutcome, Trainer } from '@loci/core';
import { commandText } from '../command-text.ts';
import { nextCommand } from '../next-command.ts';
import { readRunConfig } from '../defaults.ts';
import type { TrainFlags } from '../flags.ts';
import { readCellFigures } from '../grid/cell-figures.ts';
import { asksForGrid, trainGrid } from '../grid/train-grid.ts';
import type { CellStart, TrainOne } from '../grid/train-grid.ts';
import { listenForInterrupt } from '../interrupt.ts';
import { leaveOrStop } from '../leave-or-stop.ts';
import type { StopReason } from '../interrupt.ts';
import { print } from '../io.ts';
import type { Io } from '../io.ts';
import { createPreviewer } from '../media-preview.ts';
import { situationOf } from '../moved-run.ts';
import { openRun } from '../open-run.ts';
import type { RunSurroundings } from '../open-run.ts';
import { nextRunDirectory } from '../paths.ts';
import { comparisonTable } from '../render/evaluation-rows.ts';
import { engineLines, isVerbose } from '../render/engine-text.ts';
import { formatFigure } from '../render/format.ts';
import { createRunView } from '../render/run-view.ts';
import { renderTable } from '../render/table.ts';
import { tableWidth } from '../render/terminal.ts';
import { writeReport } from '../report/write-report.ts';
import { resumedRun } from '../resumed-run.ts';
import type { WatchPage } from '../serve/watch-page.ts';
import { namedFolder } from '../written-paths.ts';

/** Silence after which the view shows the running phase. */
const SILENCE_MS = 60_000;

/**
 * Trains a run until it ends or a signal stops it, and prints the result; trains the runs of a grid one after the other.
 *
 * @throws LociError of the config, the data, the model or the run.
 */
export async function train(flags: TrainFlags, io: Io): Promise<void> {
  if (flags.dryRun === true) {
    const { dryRun } = await import('./export.ts');
    return dryRun(flags, io);
  }
  if (asksForGrid(flags, io)) {
    await trainGrid(flags, io, trainOneOfMany);
  } else if (flags.json === true) {
    const there = { ...io, out: process.stderr };
    const ended = await trainOne(flags, there, {});
    const { outcome, directory } = ended;
    const figures = await readCellFigures(directory);
    print(io, JSON.stringify({ directory, ...outcome, figures }, undefined, 2));
    await stay(ended, there);
  } else {
    await stay(await trainOne(flags, io, {}), io);
  }
}

/** Trains one of several runs, and closes its live page. */
export const trainOneOfMany: TrainOne = async (cell, there, start) => {
  const { outcome, page } = await trainOne(cell, there, start);
  await page?.close();
  return outcome;
};

/** A run that has ended. */
interface EndedRun {
  readonly outcome: RunOutcome;
  readonly directory: string;
  /** The live page, still open, with `--watch`. */
  readonly page?: WatchPage;
  /** Whether a signal or a closed output stopped it. */
  readonly isStopped: boolean;
}

async function trainOne(flags: TrainFlags, io: Io, start: CellStart): Promise<EndedRun> {
  const view = createRunView(io.out, { quiet: flags.quiet ?? false, silenceMs: SILENCE_MS });
  let trainer: Trainer | undefined;
  let stopReason: StopReason | undefined;
  const interrupt = listenForInterrupt((reason) => {
    stopReason = reason;
    if (trainer?.leave !== undefined) {
      view.stop();
      void leaveOrStop(trainer, reason);
      return;
    }
    reportStopping(reason, view.logger);
    trainer?.stop();
  });
  let run: Run | undefined;
  let page: WatchPage | undefined;
  try {
    const begun = await begin(flags, io, view.logger, start);
    const { runDirectory } = begun;
    ({ run, trainer } = begun);
    if (flags.watch) {
      const { openWatchPage } = await import('../serve/watch-page.ts');
      page = await openWatchPage([runDirectory]);
      print(io, `page    ${page.address}`);
    }
    await reportEngine(run, flags, view.logger);
    trainer.events$.subscribe((event) => view.show(event));
    if (interrupt.signal.aborted) (trainer.leave ?? trainer.stop).call(trainer);
    const outcome = await trainer.run();
    view.stop();
    await freeEngine(run);
    await conclude(outcome, runDirectory, io, view.curve());
    if (stopReason === 'closed output') {
      process.stderr.write(`${outcome.reason} after step ${outcome.step}: ${runDirectory}\n`);
    }
    return {
      outcome,
      directory: runDirectory,
      ...(page && { page }),
      isStopped: stopReason !== undefined,
    };
  } catch (thrown) {
    await page?.close();
    throw thrown;
  } finally {
    interrupt.dispose();
    view.stop();
    await run?.dispose();
  }
}

/** Serves the live page of a finished run until Ctrl-C; closes that of a stopped run. */
async function stay({ page, isStopped }: EndedRun, io: Io): Promise<void> {
  if (page === undefined) return;
  if (isStopped) return page.close();
  print(io, `page    ${page.address} stays until Ctrl-C`);
  await page.untilInterrupted();
}

/** Frees the engine of a local run before its report, which is made from the run folder alone and would need its memory beside the engine's. */
async function freeEngine(run: Run): Promise<void> {
  if (run.config.trainer.use === 'local') await (await run.policy()).dispose();
}

/** Logs the engine, which only runs with the local trainer have. */
async function reportEngine(run: Run, flags: TrainFlags, logger: Logger): Promise<void> {
  if (run.config.trainer.use !== 'local') return;
  const { capabilities } = await run.policy();
  for (const line of engineLines(capabilities, isVerbose(flags))) logger.info(line);
}

/** Reports the stop, on standard error where standard output is closed. */
function reportStopping(reason: StopReason, logger: Logger): void {
  const action = 'writing a checkpoint (again to leave at once)';
  if (reason === 'closed output') {
    process.stderr.write(`stopping, as nobody reads the output any more: ${action}\n`);
  } else {
    logger.info(`stopping: ${action}`);
  }
}

/** A run that is ready to train. */
interface Begun {
  readonly run: Run;
  readonly trainer: Trainer;
  readonly runDirectory: string;
}

/** Opens the resumed run, or a new one. When another run takes an unnamed folder first, the next folder is tried. */
async function begin(
  flags: TrainFlags,
  io: Io,
  logger: Logger,
  { change, ...start }: CellStart,
): Promise<Begun> {
  const { resume } = flags;
  if (resume !== undefined) return resumed(resumedRun({ ...flags, resume }, io), flags, io, logger);
  for (let attempt = 1; ; attempt++) {
    const runDirectory = newRunDirectory(flags, io);
    const there = surroundings(runDirectory, logger);
    const run = await openRun({ ...flags, ...start }, io, there, change);
    try {
      return { run, runDirectory, trainer: await run.trainer() };
    } catch (thrown) {
      await run.dispose();
      const isTaken = LociError.is(thrown) && TAKEN.includes(thrown.code);
      if (!isTaken || flags.run !== undefined || attempt === MOST_FOLDERS) throw thrown;
    }
  }
}

function surroundings(runDirectory: string, logger: Logger): RunSurroundings {
  const command = commandText(process.argv.slice(2), process.env);
  return { runDirectory, logger, command, preview: createPreviewer() };
}

const TAKEN: readonly string[] = ['folder-in-use', 'run-directory-exists'];
/** Folders to try before the error of the last one is thrown. */
const MOST_FOLDERS = 20;

async function resumed(
  runDirectory: string,
  flags: TrainFlags,
  io: Io,
  logger: Logger,
): Promise<Begun> {
  const source = { ...flags, stored: join(runDirectory, 'config.yaml') };
  const stored = readRunConfig({ stored: source.stored, set: [] }, io).config;
  const { baseDirectory, relocate } = situationOf(runDirectory, stored, io.userDirectory);
  const there = { ...io, userDirectory: baseDirectory };
  const run = await openRun(source, there, surroundings(runDirectory, logger), relocate);
  try {
    return { run, runDirectory, trainer: await run.trainer({ resume: true }) };
  } catch (thrown) {
    await run.dispose();
    throw thrown;
  }
}

function newRunDirectory(flags: TrainFlags, io: Io): string {
  return flags.run === undefined
    ? nextRunDirectory(join(io.userDirectory, 'runs'), new Date())
    : namedFolder('--run', flags.run, io.userDirectory);
}

/** Prints the comparison of before and after, and the paths of the results. */
async function conclude(
  outcome: RunOutcome,
  runDirectory: string,
  io: Io,
  curve: readonly string[],
): Promise<void> {
  if (curve.length > 0) print(io, `\n${curve.join('\n')}`);
  const { before, after, comparison } = readEvaluationsOfRun(runDirectory);
  if (outcome.reason !== 'stopped' && outcome.reason !== 'left' && before && after && comparison) {
    const { header, rows } = comparisonTable(before, after, comparison);
    print(io, `\n${renderTable(header, rows, tableWidth(io.out))}\n`);
  }
  const report = await writeReport(runDirectory);
  const { reason, step, why, best, model } = outcome;
  const how = reason === 'left' ? 'left running' : reason;
  print(io, `${how} after step ${step}${why === undefined ? '' : `: ${why}`}`);
  print(io, `run     ${runDirectory}`);
  print(io, `report  ${report}`);
  if (best !== undefined) {
    const folder = join(runDirectory, 'checkpoints', stepFolder(best.step));
    print(io, `best    ${folder} (${best.figure} ${formatFigure(best.value)})`);
  }
  if (model !== undefined) {
    print(
      io,
      `model   ${model.directory}${model.isHere ? '' : ' (on the storage of the cluster)'}`,
    );
    if (model.isHere)
      print(io, `ask it  ${nextCommand('evaluate', `--policy ${model.directory}`)}`);
  }
  if (reason === 'left') print(io, `stop    ${nextCommand('jobs', `--stop ${runDirectory}`)}`);
  if (reason === 'stopped' || reason === 'left') {
    print(io, `go on   ${nextCommand('train', `--resume ${runDirectory}`)}`);
  }
}
