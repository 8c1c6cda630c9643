/**
 * Tracks which completions of a generation still take part. Every prompt has equally many of them: as many as the prompt that has the most
 * unfinished ones. The other prompts keep some that have ended, which get padding.
 */
import type { DecoderSizes } from '../../models/spec/sizes.ts';

/** The completions that take part. Rows of a run are theirs in order, prompt by prompt. */
export interface LiveRows {
  /** Of each prompt. */
  readonly completions: number;
  /** For each row of a run, the row of the generation. */
  readonly rows: readonly number[];
}

/** The rows that stay when others leave. */
export interface FewerRows {
  readonly live: LiveRows;
  /** The place of each of them among the rows before. */
  readonly places: readonly number[];
}

/** All completions of some prompts. */
export function allRows(prompts: number, completions: number): LiveRows {
  return { completions, rows: Array.from({ length: prompts * completions }, (_, row) => row) };
}

/**
 * Leaves completions out that have ended, as far as every prompt can spare one.
 *
 * @param finished for each row of the generation, 1 where it has ended.
 * @returns undefined where all stay.
 */
export function withoutEnded(
  { completions, rows }: LiveRows,
  finished: Uint8Array,
): FewerRows | undefined {
  const prompts = Array.from({ length: rows.length / completions }, (_, prompt) => {
    const places = Array.from({ length: completions }, (_, at) => prompt * completions + at);
    const isEnded = (place: number): number => finished[rows[place]!]!;
    return {
      places: places.toSorted((a, b) => isEnded(a) - isEnded(b) || a - b),
      unfinished: places.filter((place) => isEnded(place) === 0).length,
    };
  });
  const most = prompts.reduce((least, { unfinished }) => Math.max(least, unfinished), 1);
  if (most === completions) return undefined;
  const places = prompts.flatMap((prompt) =>
    prompt.places.slice(0, most).toSorted((a, b) => a - b),
  );
  return { live: { completions: most, rows: places.map((place) => rows[place]!) }, places };
}

/**
 * The places of rows in caches `[prompts · kvHeads · completions, …]`, in which the completions of a prompt lie side by side head by head.
 *
 * @param places of rows among those of a run that had `before` completions of each prompt; there are `after` of each.
 */
export function cachePlaces(
  places: readonly number[],
  before: number,
  after: number,
  { kvHeads }: Pick<DecoderSizes, 'kvHeads'>,
): readonly number[] {
  return Array.from({ length: places.length * kvHeads }, (_, at) => {
    const [head, completion] = [Math.floor(at / after), at % after];
    const prompt = Math.floor(head / kvHeads);
    return head * before + (places[prompt * after + completion]! % before);
  });
}

/**
 * Where the rows of a run come from in `[steps, rows of the generation]`, step by step.
 *
 * @param all number of rows of the generation.
 */
export function takenFrom({ rows }: LiveRows, all: number, steps: number): readonly number[] {
  return Array.from({ length: steps }, (_, step) => rows.map((row) => step * all + row)).flat();
}

/** The way back: where the rows of the generation come from in `[steps, rows of the run]`; −1 for those that have left. */
export function givenFrom({ rows }: LiveRows, all: number, steps: number): readonly number[] {
  const places = new Array<number>(all).fill(-1);
  rows.forEach((row, place) => (places[row] = place));
  return Array.from({ length: steps }, (_, step) =>
    places.map((place) => (place < 0 ? -1 : step * rows.length + place)),
  ).flat();
}
