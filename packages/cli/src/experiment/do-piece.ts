/** Trains or evaluates one piece of an experiment. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LociError, latestCheckpoint } from '@loci/core';
import type { Logger, RunOutcome } from '@loci/core';
import { policyOverrides } from '../evaluation/policy-flag.ts';
import type { TrainOne } from '../grid/train-grid.ts';
import { listenForInterrupt } from '../interrupt.ts';
import type { Io } from '../io.ts';
import { evaluateRun } from '../library/evaluate-run.ts';
import { openRun } from '../open-run.ts';
import type { Experiment } from './experiment-schema.ts';
import { START } from './experiment-schema.ts';
import { folderOf } from './experiment-store.ts';
import type { ExperimentStore } from './experiment-store.ts';
import type { Piece } from './pieces.ts';
import type { DoPiece } from './run-pieces.ts';
import { settingsFiles } from './settings-files.ts';

/** Collaborators and settings of the work on pieces. */
export interface PieceWork {
  readonly store: Pick<ExperimentStore, 'directory' | 'settingsFolder'>;
  readonly experiment: Experiment;
  readonly io: Io;
  readonly logger: Logger;
  readonly quiet: boolean;
  readonly trainOne: TrainOne;
}

/** Makes the function that trains or resumes a run, or evaluates the newest checkpoint of a run or the start model. */
export function pieceDoer(work: PieceWork): DoPiece {
  return (piece) => (piece.kind === 'train' ? trainPiece(work, piece) : evaluatePiece(work, piece));
}

function trainPiece(
  { store, experiment, io, quiet, trainOne }: PieceWork,
  piece: Piece,
): Promise<RunOutcome> {
  const run = folderOf(store.directory, piece);
  const common = { set: [], ...(quiet && { quiet }) } as const;
  if (existsSync(join(run, 'config.yaml'))) return trainOne({ ...common, resume: run }, io, {});
  const config = settingsFiles(store.settingsFolder, experiment, { arm: piece.arm });
  return trainOne({ ...common, config, seed: piece.seed, run }, io, {});
}

async function evaluatePiece(work: PieceWork, piece: Piece): Promise<RunOutcome> {
  const { store, experiment, io, logger } = work;
  const { model, step } = modelOf(work, piece);
  const run = await openRun(
    {
      config: settingsFiles(store.settingsFolder, experiment, piece),
      set: model,
      seed: piece.seed,
    },
    io,
    { logger },
  );
  const interrupt = listenForInterrupt(() => logger.info('stopping: all answers are kept'));
  try {
    const directory = folderOf(store.directory, piece);
    const { signal } = interrupt;
    // A trained model that ends at once has answered, and would do so again.
    const { report } = await evaluateRun(run, { directory, signal, takesSilence: true });
    const [first] = report.failed;
    if (first !== undefined) {
      throw new LociError(
        'evaluation-incomplete',
        `${report.failed.length} questions have no answer, the first is ${first.id}: ${first.reason}`,
      );
    }
    return { reason: 'finished', step };
  } catch (thrown) {
    if (LociError.is(thrown) && thrown.code === 'stopped') return { reason: 'stopped', step };
    throw thrown;
  } finally {
    interrupt.dispose();
    await run.dispose();
  }
}

/** Settings with the evaluated model, and the step of its checkpoint. */
function modelOf(
  { store, io }: PieceWork,
  { arm, seed }: Piece,
): { readonly model: readonly string[]; readonly step: number } {
  if (arm === START) return { model: [], step: 0 };
  const run = folderOf(store.directory, { kind: 'train', arm, seed });
  const newest = latestCheckpoint(join(run, 'checkpoints'));
  if (newest === undefined) {
    throw new LociError('no-checkpoint', `${run} has no complete checkpoint to evaluate`);
  }
  return { model: policyOverrides(newest.directory, io.userDirectory), step: newest.state.step };
}
