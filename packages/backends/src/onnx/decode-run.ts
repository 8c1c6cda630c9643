/**
 * One generation: prompts of one layout are read, then chunks of tokens are made until every completion has ended. Keys and
 * values stay in the session worker; only tokens and their log-probabilities come back.
 */
import { batchTensors } from '../model/batch-layout.ts';
import type { HostTensor } from '../model/host-tensor.ts';
import { generationMask, generationSteps } from '../policy/generation.ts';
import type { GeneratedChunk, Generation } from '../policy/generation.ts';
import { GenerationRows } from '../policy/generation-rows.ts';
import { estimateBytes } from '../policy/micro-batches.ts';
import { chunkGraph } from './decode-graph.ts';
import type { ChunkLayout } from './decode-graph.ts';
import { cacheNames, prefillGraph } from './decode-prefill.ts';
import { samplingShape } from './decode-sampling.ts';
import type { ChunkSessions } from './decode-sessions.ts';
import { FORWARD_SHARE, hostFeeds } from './onnx-engine.ts';
import type { OnnxEngine } from './onnx-engine.ts';
import type { Feed, Fetch } from './session-messages.ts';

let generations = 0;

/** Makes chunks until every row has ended or has its most tokens. What it stored is dropped when the consumer leaves. */
export async function* generate(
  engine: OnnxEngine,
  sessions: ChunkSessions,
  generation: Generation,
): AsyncGenerator<GeneratedChunk> {
  const { host, config } = engine;
  const { completions, layout, sampling, prompts } = generation;
  const { kvHeads, headDim, layers, vocabularySize } = config.text;
  const rows = prompts.length * completions;
  const store = (name: string) => `decode.${id}.${name}`;
  const id = generations++;
  const promptNames = cacheNames('prompt', layers);
  const pastNames = cacheNames('past', layers);
  const grown = (name: string) => name.replace('past', 'grown');
  const kept = ['logits', ...promptNames, ...pastNames];
  try {
    await prefill(engine, generation, Object.fromEntries(promptNames.map((n) => [n, store(n)])), {
      logits: store('logits'),
    });
    const chunk: ChunkLayout = {
      groups: prompts.length,
      completions,
      promptLength: layout.promptLength,
      steps: Math.min(generation.chunkTokens, sampling.maxNewTokens),
      sampling: samplingShape(sampling, vocabularySize),
      stopTokenIds: generation.stopTokenIds,
      padTokenId: generation.padTokenId,
      constants: sessions.constants,
      withLogits: generation.withLogits,
    };
    const rowsState = new GenerationRows(generation, vocabularySize);
    const fixed = fixedFeeds(generation);
    for (const name of promptNames) {
      const shape = [prompts.length * kvHeads, layout.promptLength, headDim];
      fixed[name] = { type: 'float32', shape, stored: store(name) };
    }
    for (let made = 0; made < sampling.maxNewTokens && !rowsState.allFinished;) {
      const { session, feeds } = await sessions.obtain(chunk, () =>
        chunkGraph(config, chunk, engine.settings.lowering),
      );
      const trips = Math.min(chunk.steps, sampling.maxNewTokens - made);
      const last = made + trips >= sampling.maxNewTokens;
      const pastFeeds = pastNames.map((name): [string, Feed] => {
        const shape = [prompts.length * kvHeads * completions, made, headDim];
        const source = made === 0 ? { data: new Float32Array(0) } : { stored: store(name) };
        return [name, { type: 'float32', shape, ...source }];
      });
      const fetches: Record<string, Fetch> = { tokens: 'return', logProbs: 'return' };
      if (generation.withLogits) fetches['stepLogits'] = 'return';
      if (!last) {
        fetches['nextLogits'] = { store: store('logits') };
        for (const name of pastNames) fetches[grown(name)] = { store: store(name) };
      }
      const outputs = await host.run(
        session,
        {
          ...feeds,
          ...fixed,
          ...Object.fromEntries(pastFeeds),
          ...rowFeeds(rowsState, vocabularySize),
          ...hostFeeds(
            generationSteps(generation, config, engine.settings.positionRule, made, chunk.steps),
          ),
          logits: { type: 'float32', shape: [rows, vocabularySize], stored: store('logits') },
          trips: { type: 'int64', shape: [], data: BigInt64Array.of(BigInt(trips)) },
        },
        fetches,
      );
      const tokenIds = Int32Array.from(
        outputs['tokens']!.data as ArrayLike<number | bigint>,
        Number,
      );
      const steps = tokenIds.length / rows;
      rowsState.advance(tokenIds);
      made += steps;
      yield {
        tokenIds,
        steps,
        logProbs: outputs['logProbs']!.data as Float32Array,
        ...(generation.withLogits ? { logits: outputs['stepLogits']!.data as Float32Array } : {}),
      };
    }
  } finally {
    for (const name of kept) await host.delete(store(name));
  }
}

async function prefill(
  engine: OnnxEngine,
  { prompts, layout, completions }: Generation,
  caches: Readonly<Record<string, string>>,
  { logits }: { readonly logits: string },
): Promise<void> {
  const { config, settings } = engine;
  const key = JSON.stringify(['prefill', layout, completions]);
  const { session, parameters } = await engine.compile(
    key,
    () => prefillGraph(config, layout, completions, settings.lowering),
    FORWARD_SHARE * estimateBytes(layout, config),
  );
  const groups = prompts.map((prompt) => ({ prompt, completions: [] }));
  const fetches = Object.entries({ ...caches, logits }).map(([name, place]): [string, Fetch] => [
    name,
    { store: place },
  ]);
  await engine.host.run(
    session,
    {
      ...engine.parameterFeeds(parameters, 'current'),
      ...hostFeeds(batchTensors(layout, groups, config, settings.positionRule)),
    },
    Object.fromEntries(fetches),
  );
}

/** Feeds that stay the same over all chunks. */
function fixedFeeds(generation: Generation): Record<string, Feed> {
  const { sampling } = generation;
  const scalar = (value: number): HostTensor => ({ shape: [], data: Float32Array.of(value) });
  return hostFeeds({
    promptMask: generationMask(generation),
    temperature: scalar(sampling.temperature),
    topP: scalar(sampling.topP),
    repetitionPenalty: scalar(sampling.repetitionPenalty),
  });
}

/** Feeds of which rows have ended and what they have seen. */
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
