/** Does the pieces of an experiment that are left, one after the other. What fails or is stopped leaves the others as they are. */
import type { RunOutcome } from '@loci/core';
import { endingOf } from '../grid/cell-ending.ts';
import type { ExperimentStore } from './experiment-store.ts';
import type { Piece } from './pieces.ts';

/** Does one piece: trains a run or goes on with it, or evaluates what was trained. */
export type DoPiece = (piece: Piece) => Promise<RunOutcome>;

/** What became of the pieces. */
export interface PiecesDone {
  readonly failed: readonly Piece[];
  /** Evaluations whose run is not done. */
  readonly waiting: readonly Piece[];
  /** A signal ended it. */
  readonly wasStopped: boolean;
}

/** What is said on the way. */
export interface PieceNotes {
  begin(piece: Piece, index: number, total: number): void;
  fail(piece: Piece, message: string): void;
}

/**
 * Does what is left. An evaluation whose run is not done waits for the next time.
 *
 * @param now Seconds of a clock.
 * @throws what no other piece could do better with, such as a full disk.
 */
export async function runPieces(
  pieces: readonly Piece[],
  store: Pick<ExperimentStore, 'isDone' | 'end'>,
  doPiece: DoPiece,
  notes: PieceNotes,
  now: () => number = () => performance.now() / 1000,
): Promise<PiecesDone> {
  const failed: Piece[] = [];
  const waiting: Piece[] = [];
  for (const [index, piece] of pieces.entries()) {
    if (store.isDone(piece)) continue;
    if (piece.after !== undefined && !store.isDone({ name: piece.after })) {
      waiting.push(piece);
      continue;
    }
    notes.begin(piece, index, pieces.length);
    const started = now();
    const ending = await endingOf(() => doPiece(piece));
    store.end(piece, ending, now() - started);
    if ('error' in ending) {
      failed.push(piece);
      notes.fail(piece, ending.error.message);
    } else if (ending.reason === 'stopped' || ending.reason === 'left') {
      return { failed, waiting, wasStopped: true };
    }
  }
  return { failed, waiting, wasStopped: false };
}
