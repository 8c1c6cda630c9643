/** Runs a comparison of arms over seeds in pieces; after a stop, the same command continues. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, extname, join } from 'node:path';
import { LociError } from '@loci/core';
import type { RunConfig } from '@loci/core';
import { readRunConfig } from '../defaults.ts';
import { pieceDoer } from '../experiment/do-piece.ts';
import {
  completionsOfEvaluation,
  completionsOfRun,
  estimatePieces,
  estimateTable,
} from '../experiment/estimate.ts';
import type { Experiment } from '../experiment/experiment-schema.ts';
import { ExperimentStore, folderOf, readStoredExperiment } from '../experiment/experiment-store.ts';
import { piecesOf } from '../experiment/pieces.ts';
import type { Piece } from '../experiment/pieces.ts';
import { readExperiment } from '../experiment/read-experiment.ts';
import { runPieces } from '../experiment/run-pieces.ts';
import type { PiecesDone } from '../experiment/run-pieces.ts';
import { settingsFiles, writeSettings } from '../experiment/settings-files.ts';
import { checkShared } from '../experiment/shared-settings.ts';
import type { ExperimentFlags } from '../flags.ts';
import { print } from '../io.ts';
import type { Io } from '../io.ts';
import { nextCommand } from '../next-command.ts';
import { plainLogger } from '../open-run.ts';
import { resolveUserPath } from '../paths.ts';
import { tableWidth } from '../render/terminal.ts';
import { outFolder } from '../written-paths.ts';
import { trainOneOfMany } from './train.ts';

/**
 * Checks the file, then trains and evaluates the remaining pieces. A piece that fails does not affect others; the next call tries it again.
 *
 * @throws LociError `experiment-invalid`, `experiment-choice`, `experiment-changed`, `arms-differ`, those of the config; `experiment-incomplete`
 * when pieces failed, after all others were done.
 */
export async function experiment(flags: ExperimentFlags, io: Io): Promise<void> {
  const file = resolveUserPath(flags.file, io.userDirectory);
  const given = readExperiment(file);
  const name = basename(file, extname(file));
  const out = outFolder(flags.out ?? join('runs', 'experiments', name), io.userDirectory);
  const pieces = piecesOf(given, flags);
  const configs = configsOf(given, pieces, io);
  checkShared(trainingConfigs(given, pieces, configs), given.mayDiffer);
  if (flags.dryRun === true) return listPieces(pieces, configs, out, io);
  const store = ExperimentStore.open(out, given);
  const quiet = flags.quiet === true;
  try {
    const logger = plainLogger(io, quiet);
    const work = { store, experiment: given, io, logger, quiet, trainOne: trainOneOfMany };
    const done = await runPieces(pieces, store, pieceDoer(work), {
      begin: (piece, index, total) =>
        quiet ? undefined : print(io, `\npiece ${index + 1} of ${total}: ${piece.name}`),
      fail: (piece, message) => print(io, `${piece.name} failed: ${message}`),
    });
    conclude(done, pieces, store, io);
  } finally {
    store.close();
  }
}

/** The complete config of each piece, by its name, so that mistakes of an arm show before the first step. */
function configsOf(
  given: Experiment,
  pieces: readonly Piece[],
  io: Io,
): ReadonlyMap<string, RunConfig> {
  const folder = mkdtempSync(join(tmpdir(), 'loci-experiment-'));
  try {
    writeSettings(folder, given);
    return new Map(
      pieces.map((piece) => {
        const config = settingsFiles(folder, given, piece);
        return [piece.name, readRunConfig({ config, seed: piece.seed }, io).config];
      }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The configs of the training of each arm, with the first seed. */
function trainingConfigs(
  { seeds }: Experiment,
  pieces: readonly Piece[],
  configs: ReadonlyMap<string, RunConfig>,
): ReadonlyMap<string, RunConfig> {
  const first = pieces.find(({ kind }) => kind === 'train')?.seed ?? seeds[0];
  return new Map(
    pieces
      .filter(({ kind, seed }) => kind === 'train' && seed === first)
      .map(({ arm, name }) => [arm, configs.get(name)!]),
  );
}

function listPieces(
  pieces: readonly Piece[],
  configs: ReadonlyMap<string, RunConfig>,
  out: string,
  io: Io,
): void {
  const stored = readStoredExperiment(out);
  const workOf = ({ name, kind }: Piece): number => {
    const config = configs.get(name)!;
    return kind === 'train' ? completionsOfRun(config) : completionsOfEvaluation(config);
  };
  const { estimates, measured } = estimatePieces(
    pieces,
    ({ name }) => stored?.pieces[name],
    workOf,
  );
  print(io, estimateTable(estimates, measured, tableWidth(io.out)));
  io.result?.({
    directory: out,
    measured,
    pieces: estimates.map(({ piece, state, secondsLeft }) => ({ ...piece, state, secondsLeft })),
  });
}

function conclude(
  { failed, waiting, wasStopped }: PiecesDone,
  pieces: readonly Piece[],
  store: ExperimentStore,
  io: Io,
): void {
  const done = pieces.filter((piece) => store.isDone(piece)).length;
  print(io, `\n${done} of ${pieces.length} pieces are done\nexperiment  ${store.directory}`);
  io.result?.({
    directory: store.directory,
    wasStopped,
    pieces: pieces.map((piece) => ({
      ...{ ...piece, folder: folderOf(store.directory, piece), isDone: store.isDone(piece) },
      ...store.stateOf(piece),
    })),
  });
  if (wasStopped) print(io, 'go on       the same command');
  else if (failed.length === 0)
    print(io, `page        ${nextCommand('learning', store.directory)}`);
  if (failed.length === 0) return;
  throw new LociError(
    'experiment-incomplete',
    `${failed.length} of ${pieces.length} pieces failed: ${failed.map(({ name }) => name).join(', ')}; ` +
      `${waiting.length} wait for them. The same command tries them again`,
  );
}
