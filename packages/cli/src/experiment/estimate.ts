/** Estimates the time of the pieces of an experiment, and lists them with their state. */
import type { RunConfig } from '@loci/core';
import { endingText, isFinal } from '../grid/cell-ending.ts';
import { renderTable } from '../render/table.ts';
import type { PieceState } from './experiment-store.ts';
import type { Piece } from './pieces.ts';

/**
 * Seconds per completion before any piece has been measured: a default run of 180 steps of 64 completions, with its 1,200 questions twice,
 * takes about six minutes on two idle cores.
 */
const GUESSED: Readonly<Record<Piece['kind'], number>> = { train: 0.025, evaluate: 0.01 };

/** The work of a piece, in generated or imitated completions. */
export type WorkOf = (piece: Piece) => number;

/** Completions of a run. */
export function completionsOfRun({ steps, promptsPerStep, sampler }: RunConfig): number {
  return steps * promptsPerStep * Number(sampler['completionsPerPrompt'] ?? 1);
}

/** Completions of an evaluation; `auto` counts as it does for `spatial-qa`. */
export function completionsOfEvaluation({ evaluate }: Pick<RunConfig, 'evaluate'>): number {
  const { questions, controls, samples } = evaluate;
  const conditions = Array.isArray(controls) ? controls.length : controls === false ? 0 : 2;
  return (questions === 'auto' ? 1200 : questions) * (1 + conditions) * samples;
}

/** An estimate of a piece. */
export interface PieceEstimate {
  readonly piece: Piece;
  readonly state: string;
  /** Seconds left; 0 for a finished piece. */
  readonly secondsLeft: number;
}

/**
 * Estimates each piece by its completions. Seconds per completion come from finished pieces of the same kind, or are a guess.
 *
 * @param stateOf gives the stored state of a piece.
 */
export function estimatePieces(
  pieces: readonly Piece[],
  stateOf: (piece: Piece) => PieceState | undefined,
  workOf: WorkOf,
): { readonly estimates: readonly PieceEstimate[]; readonly measured: boolean } {
  const rates = new Map(
    (['train', 'evaluate'] as const).map((kind) => {
      const done = pieces.filter((one) => one.kind === kind && isFinal(stateOf(one)?.ending));
      const work = done.reduce((sum, one) => sum + workOf(one), 0);
      const seconds = done.reduce((sum, one) => sum + stateOf(one)!.seconds, 0);
      return [kind, work > 0 ? seconds / work : undefined] as const;
    }),
  );
  const estimates = pieces.map((piece) => {
    const ending = stateOf(piece)?.ending;
    const rate = rates.get(piece.kind) ?? GUESSED[piece.kind];
    const secondsLeft = isFinal(ending) ? 0 : rate * workOf(piece);
    return { piece, state: endingText(ending), secondsLeft };
  });
  return { estimates, measured: rates.get('train') !== undefined };
}

/** The estimates as a table, with the sum below. */
export function estimateTable(
  estimates: readonly PieceEstimate[],
  measured: boolean,
  width?: number,
): string {
  const total = estimates.reduce((sum, { secondsLeft }) => sum + secondsLeft, 0);
  const table = renderTable(
    ['piece', 'state', 'left'],
    estimates.map(({ piece, state, secondsLeft }) => [
      piece.name,
      state,
      secondsLeft === 0 ? '–' : durationText(secondsLeft),
    ]),
    width,
  );
  const basis = measured
    ? 'by the seconds per completion of finished pieces'
    : 'guessed from the default run on two idle cores, since no run is finished';
  return `${table}\n\nleft: about ${durationText(total)}, ${basis}`;
}

/** `1.5 h`, or minutes below one hour. */
export function durationText(seconds: number): string {
  return seconds < 3600 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
