/**
 * Runs one generation by chunks: reads prompts of one layout, then generates chunks of tokens until every completion has ended. Keys and
 * values stay in the session worker; only tokens and their log-probabilities come back. Between two chunks completions leave that have
 * ended.
 */
import { pickRows, type HostTensor } from '../../ops/host-tensor.ts';
import { generationMask, generationSteps } from '../../engine/generation.ts';
import type { GeneratedChunk, Generation } from '../../engine/generation.ts';
import { GenerationRows } from '../../engine/generation-rows.ts';
import { DecodeCaches } from './caches.ts';
import { chunkGraph } from './chunk-graph.ts';
import type { ChunkLayout } from './chunk-graph.ts';
import { keepRows } from './keep-rows.ts';
import { allRows, givenFrom, takenFrom, withoutEnded, type LiveRows } from './live-rows.ts';
import { prefill } from './prefill.ts';
import { samplingShape } from './sampling.ts';
import type { ChunkSessions } from './chunk-sessions.ts';
import { UNKNOWN } from '../ir/value.ts';
import { tensorFeeds } from '../engine/graph-run.ts';
import type { GraphEngine } from '../engine/graph-engine.ts';
import type { Feed, Fetch, ReturnedTensor } from '../engine/runtime-messages.ts';

/**
 * The fewest rows of which some may leave. In turn on two idle cores, a graph for any number of rows took 1.3 times as long as one for
 * exactly 8 in the small shape and 1.0 to 1.2 times in the large one. Of 64 rows in the large shape, leaving saves a third.
 */
const FEWEST_ROWS = 32;

/** Yields chunks until every row has ended or reached its limit. Leaving the loop drops its stored tensors. */
export async function* generate(
  engine: GraphEngine,
  sessions: ChunkSessions,
  generation: Generation,
): AsyncGenerator<GeneratedChunk> {
  const { runtime, model, settings } = engine;
  const { vocabularySize } = model.decoder;
  const { maxNewTokens } = generation.sampling;
  const rows = new GenerationRows(generation, vocabularySize);
  const all = rows.finished.length;
  const mayLeave = runtime.resizesRows && all >= FEWEST_ROWS;
  const layout = chunkLayout(generation, vocabularySize, sessions.constants, mayLeave);
  const caches = new DecodeCaches(generation, model.decoder);
  const fixed = { ...fixedFeeds(generation), ...caches.prompt };
  let live = allRows(generation.prompts.length, generation.completions);
  const run = (made: number, trips: number) => {
    const steps = generationSteps(generation, model, settings.positionRule, made, layout.steps);
    const own = {
      ...caches.past(made, live),
      ...rowFeeds(rows, vocabularySize, live),
      ...tensorFeeds(takeSteps(steps, all, live)),
      logits: caches.logits(live),
      trips: { type: 'int64', shape: [], data: BigInt64Array.of(BigInt(trips)) },
    } as const;
    const fetches: Record<string, Fetch> = {
      tokens: 'return',
      logProbs: 'return',
      ...(layout.withLogits ? { stepLogits: 'return' } : {}),
      ...(made + trips < maxNewTokens ? { ...caches.keepPast, nextLogits: caches.keepLogits } : {}),
    };
    return sessions.use(
      layout,
      () => chunkGraph(engine, layout, settings.lowering),
      ({ session, feeds }) => runtime.run(session, { ...feeds, ...fixed, ...own }, fetches),
    );
  };
  try {
    await prefill(engine, generation, { ...caches.keepPrompt, logits: caches.keepLogits });
    for (let made = 0; made < maxNewTokens && !rows.allFinished;) {
      const fewer = mayLeave && made > 0 && withoutEnded(live, rows.finished);
      if (fewer) {
        await keepRows(engine, caches, made, live, fewer);
        live = fewer.live;
      }
      const outputs = await run(made, Math.min(layout.steps, maxNewTokens - made));
      const chunk = chunkOf(outputs, all, live, generation.padTokenId);
      rows.advance(chunk.tokenIds);
      made += chunk.steps;
      yield chunk;
    }
  } finally {
    for (const name of caches.all) await runtime.delete(name);
  }
}

/** The inputs of some steps for the rows of a run, from those for all rows of the generation. */
function takeSteps(steps: StepInputs, all: number, live: LiveRows): StepInputs {
  if (live.rows.length === all) return steps;
  const take = ({ shape, data }: StepInputs['cos']): HostTensor => {
    const [count, , width] = shape as [number, number, number];
    const order = takenFrom(live, all, count);
    return {
      shape: [count, live.rows.length, width],
      data: pickRows(data as Float32Array, width, order),
    };
  };
  return { cos: take(steps.cos), sin: take(steps.sin), uniforms: take(steps.uniforms) };
}

type StepInputs = ReturnType<typeof generationSteps>;

/** The outputs of a run as a chunk of all rows of the generation; those that have left get padding. */
function chunkOf(
  { tokens, logProbs, stepLogits }: Readonly<Record<string, ReturnedTensor>>,
  all: number,
  live: LiveRows,
  padTokenId: number,
): GeneratedChunk {
  const made = Int32Array.from(tokens!.data as ArrayLike<number | bigint>, Number);
  const steps = made.length / live.rows.length;
  const order = givenFrom(live, all, steps);
  const place = ({ data }: ReturnedTensor, width: number) =>
    pickRows(data as Float32Array, width, order);
  return {
    tokenIds: Int32Array.from(order, (from) => (from < 0 ? padTokenId : made[from]!)),
    steps,
    logProbs: place(logProbs!, 1),
    ...(stepLogits ? { logits: place(stepLogits, stepLogits.shape.at(-1)!) } : {}),
  };
}

function chunkLayout(
  { prompts, completions, layout, sampling, ...generation }: Generation,
  vocabulary: number,
  constants: ChunkLayout['constants'],
  mayLeave: boolean,
): ChunkLayout {
  const { stopTokenIds, padTokenId, withLogits } = generation;
  return {
    groups: prompts.length,
    completions: mayLeave ? UNKNOWN : completions,
    promptLength: layout.promptLength,
    steps: Math.min(generation.chunkTokens, sampling.maxNewTokens),
    sampling: samplingShape(sampling, vocabulary),
    stopTokenIds,
    padTokenId,
    constants,
    withLogits,
  };
}

/** Feeds that stay the same over all chunks. */
function fixedFeeds(generation: Generation): Record<string, Feed> {
  const { sampling } = generation;
  const scalar = (value: number): HostTensor => ({ shape: [], data: Float32Array.of(value) });
  return tensorFeeds({
    promptMask: generationMask(generation),
    temperature: scalar(sampling.temperature),
    topP: scalar(sampling.topP),
    repetitionPenalty: scalar(sampling.repetitionPenalty),
  });
}

/** Feeds of the ended rows and of the tokens in each context, for the rows of a run. */
function rowFeeds(
  { finished, seen }: GenerationRows,
  vocabulary: number,
  { rows }: LiveRows,
): Record<string, Feed> {
  const bool = (data: Uint8Array, shape: readonly number[]): Feed => ({
    type: 'bool',
    shape,
    data,
  });
  const ended = Uint8Array.from(rows, (row) => finished[row]!);
  const own = seen && new Uint8Array(rows.length * vocabulary);
  rows.forEach((row, at) =>
    own?.set(seen!.subarray(row * vocabulary, (row + 1) * vocabulary), at * vocabulary),
  );
  return {
    finished: bool(ended, [rows.length, 1]),
    ...(own ? { seen: bool(own, [rows.length, vocabulary]) } : {}),
  };
}
