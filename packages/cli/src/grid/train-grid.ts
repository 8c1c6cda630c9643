/** Trains the runs of a grid one after the other, each in a folder of its own, and compares them at the end. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LociError, explainConfig, runConfigSchema, storedConfigText } from '@loci/core';
import type { RunConfig, RunOutcome } from '@loci/core';
import { nextCommand } from '../next-command.ts';
import { readRunConfig } from '../defaults.ts';
import type { TrainFlags } from '../flags.ts';
import { print } from '../io.ts';
import type { Io } from '../io.ts';
import { situationOf } from '../moved-run.ts';
import { openRun, plainLogger } from '../open-run.ts';
import { nextRunDirectory, resolveUserPath } from '../paths.ts';
import { readStoredConfig } from '../resumed-run.ts';
import { namedFolder } from '../written-paths.ts';
import { cellsOf, parseGrid } from './axes.ts';
import type { GridCell } from './axes.ts';
import { endingOf } from './cell-ending.ts';
import { readCellFigures } from './cell-figures.ts';
import { GridStore } from './grid-store.ts';
import { gridTable } from './grid-table.ts';
import type { GridResult } from './grid-table.ts';

/** How a run of a grid starts. */
export interface CellStart {
  /** File of the config that all runs share; absent for a resumed run. */
  readonly stored?: string;
  /** Adapts the config to the present folder of the grid. */
  readonly change?: (config: RunConfig) => RunConfig;
}

/** Trains one run. */
export type TrainOne = (flags: TrainFlags, io: Io, start: CellStart) => Promise<RunOutcome>;

const CHECKING = { logger: { info: () => undefined, warn: () => undefined }, brings: [] };

/** Whether the flags start or resume a grid. */
export function asksForGrid({ grid, resume }: TrainFlags, io: Pick<Io, 'userDirectory'>): boolean {
  if (grid !== undefined) return true;
  return resume !== undefined && GridStore.isGrid(resolveUserPath(resume, io.userDirectory));
}

/**
 * Trains the remaining runs of a grid, and prints the table of its runs.
 *
 * @throws LociError `grid-invalid`, `flag-misplaced`, those of the config; `grid-incomplete` when runs failed, after all others were trained.
 */
export async function trainGrid(flags: TrainFlags, io: Io, trainOne: TrainOne): Promise<void> {
  const runIo = flags.json === true ? { ...io, out: process.stderr } : io;
  const store =
    flags.resume === undefined ? await begun(flags, io) : opened(flags.resume, flags, io);
  try {
    const wasStopped = await trainCells(store, flags, runIo, trainOne);
    const results = await resultsOf(store);
    if (flags.json === true) {
      const { directory, axes } = store;
      print(io, JSON.stringify({ directory, axes, runs: results }, undefined, 2));
    } else {
      print(io, `\n${gridTable(results)}\n\ngrid    ${store.directory}`);
      if (wasStopped) print(io, `go on   ${nextCommand('train', `--resume ${store.directory}`)}`);
    }
    const failed = results.filter(({ ending }) => ending !== undefined && 'error' in ending);
    if (failed.length > 0) throw incomplete(failed, results.length, store.directory);
  } finally {
    store.close();
  }
}

/** Reads the flags, checks the config of every run, and makes the folder. */
async function begun(flags: TrainFlags, io: Io): Promise<GridStore> {
  const { config, origin } = readRunConfig(flags, io);
  const keys = explainConfig(config, origin).map(({ key }) => key);
  const axes = parseGrid(flags.grid ?? [], keys, Object.keys(runConfigSchema.shape));
  for (const { set } of cellsOf(axes)) {
    const run = await openRun({ ...flags, set: [...flags.set, ...set] }, io, CHECKING);
    await run.dispose();
  }
  // All runs use the same commit of repositories on the hub, even when those change between runs.
  const logger = plainLogger(io, flags.quiet === true);
  const common = await openRun(flags, io, { logger });
  await common.dispose();
  const directory =
    flags.run === undefined
      ? nextRunDirectory(join(io.userDirectory, 'runs'), new Date())
      : namedFolder('--run', flags.run, io.userDirectory);
  const text = storedConfigText(common.config, origin);
  return GridStore.create(directory, axes, text, io.userDirectory);
}

/** Opens the grid to resume, whose runs keep their settings. */
function opened(resume: string, flags: TrainFlags, io: Io): GridStore {
  const { config, set, seed, steps, grid, run } = flags;
  const more = { config, seed, steps, grid, run, ...(set.length > 0 && { set }) };
  const [flag] = Object.entries(more).flatMap(([name, value]) =>
    value === undefined ? [] : [name],
  );
  if (flag !== undefined) {
    throw new LociError(
      'flag-misplaced',
      `--resume continues a grid with its own settings: leave --${flag} out, or start another grid`,
    );
  }
  return GridStore.open(resolveUserPath(resume, io.userDirectory));
}

/** Trains the remaining runs. @returns Whether a signal stopped it. */
async function trainCells(
  store: GridStore,
  flags: TrainFlags,
  io: Io,
  trainOne: TrainOne,
): Promise<boolean> {
  const quiet = flags.quiet === undefined ? {} : { quiet: flags.quiet };
  const { baseDirectory, relocate } = situationOf(
    store.directory,
    readStoredConfig(store.configFile).config,
    io.userDirectory,
  );
  const there = { ...io, userDirectory: baseDirectory };
  for (const [index, cell] of store.cells.entries()) {
    if (store.isDone(cell)) continue;
    if (flags.quiet !== true) {
      print(io, `\nrun ${index + 1} of ${store.cells.length}: ${cell.set.join(', ')}`);
    }
    const folder = store.folderOf(cell);
    const isBegun = existsSync(join(folder, 'config.yaml'));
    const ending = await endingOf(() =>
      isBegun
        ? trainOne({ ...quiet, set: [], resume: folder }, io, {})
        : trainOne({ ...quiet, set: cell.set, run: folder }, there, {
            stored: store.configFile,
            change: relocate,
          }),
    );
    store.end(cell, ending);
    if ('error' in ending) print(io, `${cell.name} failed: ${ending.error.message}`);
    else if (ending.reason === 'stopped' || ending.reason === 'left') return true;
  }
  return false;
}

async function resultsOf(store: GridStore): Promise<readonly GridResult[]> {
  const result = async (cell: GridCell): Promise<GridResult> => {
    const ending = store.endingOf(cell);
    const directory = store.folderOf(cell);
    return {
      ...{ name: cell.name, directory, settings: cell.set },
      ...(ending && { ending }),
      figures: await readCellFigures(directory),
    };
  };
  return Promise.all(store.cells.map(result));
}

function incomplete(failed: readonly GridResult[], total: number, directory: string): LociError {
  return new LociError(
    'grid-incomplete',
    `${failed.length} of ${total} runs failed: ${failed.map(({ name }) => name).join(', ')}; --resume ${directory} tries them again`,
  );
}
