/** Works on the remaining pieces of an experiment, one after the other. A piece that fails does not affect the others. */
import type { RunOutcome } from '@loci/core';
import { endingOf } from '../grid/cell-ending.ts';
import type { ExperimentStore } from './experiment-store.ts';
import type { Piece } from './pieces.ts';

/** Does one piece: trains or resumes a run, or evaluates a trained model. */
export type DoPiece = (piece: Piece) => Promise<RunOutcome>;

/** Result of the work. */
export interface PiecesDone {
  readonly failed: readonly Piece[];
  /** Evaluations whose run is not finished. */
  readonly waiting: readonly Piece[];
  /** Whether a signal stopped it. */
  readonly wasStopped: boolean;
}

/** Receives notes during the work. */
export interface PieceNotes {
  begin(piece: Piece, index: number, total: number): void;
  fail(piece: Piece, message: string): void;
}

/**
 * Works on the remaining pieces. An evaluation whose run is not finished is left for the next time.
 *
 * @param now gives seconds of a clock.
 * @throws LociError for a problem that would affect every piece, such as a full disk.
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
