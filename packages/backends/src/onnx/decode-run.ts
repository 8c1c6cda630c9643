/**
 * One generation: prompts of one layout are read, then chunks of tokens are made until every completion has ended. Keys and
 * values stay in the session worker; only tokens and their log-probabilities come back.
 */
import type { CompletionAddress, EncodedPrompt, SamplingParameters } from '@loci/core';
import { batchTensors } from '../model/batch-layout.ts';
import type { BatchLayout } from '../model/batch-layout.ts';
import { MASKED } from '../model/host-tensor.ts';
import { textRotary, tokenPositions } from '../model/positions.ts';
import { drawUniforms } from '../sampling/uniforms.ts';
import { chunkGraph } from './decode-graph.ts';
import type { ChunkLayout } from './decode-graph.ts';
import { cacheNames, prefillGraph } from './decode-prefill.ts';
import { RowsState } from './decode-rows.ts';
import { samplingShape } from './decode-sampling.ts';
import type { ChunkSessions } from './decode-sessions.ts';
import { hostFeeds } from './onnx-engine.ts';
import type { OnnxEngine } from './onnx-engine.ts';
import type { Feed, Fetch } from './session-messages.ts';

/** What is generated. */
export interface Generation {
  /** Prompts of one layout; those from index `real` on only fill it up. */
  readonly prompts: readonly EncodedPrompt[];
  readonly real: number;
  /** Place of each prompt in the request, which its random numbers depend on. */
  readonly places: readonly number[];
  readonly completions: number;
  /** Sizes of the prompts, without completions. */
  readonly layout: BatchLayout;
  readonly sampling: SamplingParameters;
  readonly seed: number;
  readonly stopTokenIds: readonly number[];
  readonly padTokenId: number;
  readonly chunkTokens: number;
  /** Also bring back the logits that each token was drawn from. */
  readonly withLogits: boolean;
}

/** Tokens that one run made. Rows are completions, `prompt · completions + completion`. */
export interface GeneratedChunk {
  /** Row-major `[steps, rows]`; padding after a row's end. */
  readonly tokenIds: Int32Array;
  readonly logProbs: Float32Array;
  readonly steps: number;
  /** `[steps, rows, vocabulary]`, when asked for. */
  readonly logits?: Float32Array;
}

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
      constantParameters: sessions.constantParameters,
      withLogits: generation.withLogits,
    };
    const rowsState = new RowsState(generation, vocabularySize);
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
          ...rowsState.feeds(),
          ...stepFeeds(generation, engine, made, chunk.steps),
          logits: { type: 'float32', shape: [rows, vocabularySize], stored: store('logits') },
          trips: { type: 'int64', shape: [], data: BigInt64Array.of(BigInt(trips)) },
        },
        fetches,
      );
      const tokenIds = Int32Array.from(outputs['tokens']!.data as BigInt64Array, Number);
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
  const { session, parameters } = await engine.compile(key, () =>
    prefillGraph(config, layout, completions, settings.lowering),
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
function fixedFeeds({ prompts, layout, sampling }: Generation): Record<string, Feed> {
  const { promptLength } = layout;
  const promptMask = new Float32Array(prompts.length * promptLength);
  prompts.forEach(({ tokenIds }, group) => {
    promptMask.fill(MASKED, group * promptLength + tokenIds.length, (group + 1) * promptLength);
  });
  const scalar = (value: number): Feed => ({
    type: 'float32',
    shape: [],
    data: Float32Array.of(value),
  });
  return {
    promptMask: { type: 'float32', shape: [prompts.length, promptLength], data: promptMask },
    temperature: scalar(sampling.temperature),
    topP: scalar(sampling.topP),
    repetitionPenalty: scalar(sampling.repetitionPenalty),
  };
}

/** Feeds of the steps from `made` on: positions and random numbers. */
function stepFeeds(
  { prompts, places, completions, seed }: Generation,
  { config, settings }: OnnxEngine,
  made: number,
  steps: number,
): Record<string, Feed> {
  const rows = prompts.length * completions;
  const positions = new Int32Array(3 * steps * rows);
  const nexts = prompts.map(
    ({ tokenIds, media }) => tokenPositions(tokenIds, media, config, settings.positionRule).next,
  );
  for (let at = 0; at < positions.length; at++) {
    const step = Math.floor((at % (steps * rows)) / rows);
    positions[at] = nexts[Math.floor((at % rows) / completions)]! + made + step;
  }
  const { cos, sin, frequencies } = textRotary(positions, config.text);
  const addresses = places.flatMap((prompt): CompletionAddress[] =>
    Array.from({ length: completions }, (_, completion) => ({ prompt, completion })),
  );
  const shape = [steps, rows, frequencies];
  return {
    cos: { type: 'float32', shape, data: cos },
    sin: { type: 'float32', shape, data: sin },
    uniforms: {
      type: 'float32',
      shape: [steps, rows, 1],
      data: drawUniforms(seed, addresses, made, steps),
    },
  };
}
