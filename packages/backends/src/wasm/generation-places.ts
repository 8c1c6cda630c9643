/** Lays out a generation in the shared memory. */
import { Layout } from './regions.ts';
import { drawBytes } from './worker/draw.mjs';
import { padded } from './tape/tape.ts';
import type {
  AttentionSizes,
  DrawSettings,
  GenerationPlaces,
  PlacedTape,
  WorkerScratch,
} from './messages.ts';

/** The sizes of a generation. */
export interface DecodeTask {
  /** Tokens of each prompt; keys behind them are padding. */
  readonly promptTokens: readonly number[];
  readonly promptLength: number;
  readonly completions: number;
  readonly maxNewTokens: number;
  /** Most steps of a chunk. */
  readonly chunkSteps: number;
  readonly draw: DrawSettings;
  readonly withLogits: boolean;
}

/** The properties of a layout besides its task. */
export interface DecodeShape {
  readonly tape: PlacedTape;
  readonly attention: AttentionSizes;
  readonly vocabulary: number;
  readonly workers: number;
}

/** Rows of a task. */
export function taskRows({ promptTokens, completions }: DecodeTask): number {
  return promptTokens.length * completions;
}

/** The most rows of one worker. */
export function mostRows(task: DecodeTask, workers: number): number {
  return Math.ceil(taskRows(task) / workers);
}

/** Places from a start on, and their end; bytes. */
export function placesOf(
  task: DecodeTask,
  { tape, attention, vocabulary, workers }: DecodeShape,
  start: number,
): { readonly places: GenerationPlaces; readonly end: number } {
  const { promptTokens, promptLength, maxNewTokens, chunkSteps, draw, withLogits } = task;
  const { heads, kvHeads, headDim, layers } = attention;
  const layout = new Layout(start);
  const numbers = (count: number) => layout.place(4 * count);
  const groups = promptTokens.length;
  const rows = taskRows(task);
  const most = mostRows(task, workers);
  const widths = tape.steps.map((step) => (step.kind === 'linear' ? step.outputs : 0));
  const tokens = Math.max(...promptTokens) + maxNewTokens;
  const cache = groups * kvHeads * promptLength * headDim;
  const steps = chunkSteps * rows;
  const scratchOf = (): WorkerScratch => ({
    values: numbers(tape.rowSize * most),
    queries: numbers((most * heads * headDim) / kvHeads),
    scores: numbers((most * heads * (padded(tokens) + 4)) / kvHeads),
    attended: numbers((most * heads * headDim) / kvHeads),
    draw: layout.place(drawBytes(vocabulary)),
  });
  const places: GenerationPlaces = {
    zeros: numbers(Math.max(...widths, tokens, (most * heads * headDim) / kvHeads)),
    prompt: Array.from({ length: layers }, () => ({ key: numbers(cache), value: numbers(cache) })),
    own: numbers(rows * layers * 2 * kvHeads * maxNewTokens * headDim),
    logits: numbers(rows * padded(vocabulary)),
    cos: numbers((chunkSteps * groups * headDim) / 2),
    sin: numbers((chunkSteps * groups * headDim) / 2),
    uniforms: numbers(steps),
    tokens: numbers(steps),
    logProbs: numbers(steps),
    ...(draw.repetitionPenalty === 1 ? {} : { seen: layout.place(rows * vocabulary) }),
    ...(withLogits ? { stepLogits: numbers(steps * vocabulary) } : {}),
    taken: numbers(1),
    scratch: Array.from({ length: workers }, scratchOf),
  };
  return { places, end: layout.end };
}
