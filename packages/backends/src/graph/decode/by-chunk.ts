/**
 * Runs one generation by chunks: reads prompts of one layout, then generates chunks of tokens until every completion has ended. Keys and
 * values stay in the session worker; only tokens and their log-probabilities come back.
 */
import type { HostTensor } from '../../ops/host-tensor.ts';
import { generationMask, generationSteps } from '../../engine/generation.ts';
import type { GeneratedChunk, Generation } from '../../engine/generation.ts';
import { GenerationRows } from '../../engine/generation-rows.ts';
import { DecodeCaches } from './caches.ts';
import { chunkGraph } from './chunk-graph.ts';
import type { ChunkLayout } from './chunk-graph.ts';
import { prefill } from './prefill.ts';
import { samplingShape } from './sampling.ts';
import type { ChunkSessions } from './chunk-sessions.ts';
import { tensorFeeds } from '../engine/graph-run.ts';
import type { GraphEngine } from '../engine/graph-engine.ts';
import type { Feed, Fetch, ReturnedTensor } from '../engine/runtime-messages.ts';

/** Yields chunks until every row has ended or reached its limit. Leaving the loop drops its stored tensors. */
export async function* generate(
  engine: GraphEngine,
  sessions: ChunkSessions,
  generation: Generation,
): AsyncGenerator<GeneratedChunk> {
  const { runtime, model, settings } = engine;
  const { vocabularySize } = model.decoder;
  const { maxNewTokens } = generation.sampling;
  const layout = chunkLayout(generation, vocabularySize, sessions.constants);
  const rows = new GenerationRows(generation, vocabularySize);
  const caches = new DecodeCaches(generation, model.decoder);
  const fixed = { ...fixedFeeds(generation), ...caches.prompt };
  const run = (made: number, trips: number) => {
    const steps = generationSteps(generation, model, settings.positionRule, made, layout.steps);
    const own = {
      ...caches.past(made),
      ...rowFeeds(rows, vocabularySize),
      ...tensorFeeds(steps),
      logits: caches.logits,
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
      const outputs = await run(made, Math.min(layout.steps, maxNewTokens - made));
      const chunk = chunkOf(outputs, rows.finished.length);
      rows.advance(chunk.tokenIds);
      made += chunk.steps;
      yield chunk;
    }
  } finally {
    for (const name of caches.all) await runtime.delete(name);
  }
}

/** The outputs of a run as a chunk of so many rows. */
function chunkOf(
  { tokens, logProbs, stepLogits }: Readonly<Record<string, ReturnedTensor>>,
  rows: number,
): GeneratedChunk {
  const tokenIds = Int32Array.from(tokens!.data as ArrayLike<number | bigint>, Number);
  return {
    tokenIds,
    steps: tokenIds.length / rows,
    logProbs: logProbs!.data as Float32Array,
    ...(stepLogits ? { logits: stepLogits.data as Float32Array } : {}),
  };
}

function chunkLayout(
  { prompts, completions, layout, sampling, ...generation }: Generation,
  vocabulary: number,
  constants: ChunkLayout['constants'],
): ChunkLayout {
  const { stopTokenIds, padTokenId, withLogits } = generation;
  return {
    groups: prompts.length,
    completions,
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

/** Feeds of the ended rows and of the tokens in each context. */
function rowFeeds({ finished, seen }: GenerationRows, vocabulary: number): Record<string, Feed> {
  const rows = finished.length;
  const bool = (data: Uint8Array, shape: readonly number[]): Feed => ({
    type: 'bool',
    shape,
    data,
  });
  return {
    finished: bool(finished, [rows, 1]),
    ...(seen ? { seen: bool(seen, [rows, vocabulary]) } : {}),
  };
}
