/** Sampling as a stream of events, on the generation loop of `decode-run.ts`. */
import { Observable } from 'rxjs';
import type { EncodedPrompt, SampleEvent, SampleRequest } from '@loci/core';
import { generate } from './decode-run.ts';
import type { GeneratedChunk, Generation } from './decode-run.ts';
import { ChunkSessions } from './decode-sessions.ts';
import type { CreateDecoder, DecoderTokens } from './decoder.ts';
import type { OnnxEngine } from './onnx-engine.ts';
import { planMicroBatches } from './train/micro-batches.ts';

const DEFAULT_CHUNK_TOKENS = 32;

/** Generations that together answer a request: prompts whose media have the same grids run together. */
function planGenerations(
  engine: OnnxEngine,
  { prompts, completionsPerPrompt, sampling, seed }: SampleRequest,
  tokens: DecoderTokens & { readonly withLogits?: boolean },
): Generation[] {
  // What bounds a run is reading the prompts: the completions' keys and values are small beside it.
  const short = new Int32Array(1);
  const groups = prompts.map((prompt) => ({
    prompt,
    completions: new Array<Int32Array>(completionsPerPrompt).fill(short),
  }));
  const { config, settings } = engine;
  return planMicroBatches(groups, config, settings.maxRunBytes).map(
    ({ layout, members, real }) => ({
      prompts: members.map((member): EncodedPrompt => prompts[member]!),
      places: members,
      real,
      completions: completionsPerPrompt,
      layout: { ...layout, completions: 0, completionLength: 0 },
      sampling,
      seed,
      stopTokenIds: tokens.stopTokenIds,
      padTokenId: tokens.padTokenId,
      chunkTokens: sampling.chunkTokens ?? DEFAULT_CHUNK_TOKENS,
      withLogits: tokens.withLogits ?? false,
    }),
  );
}

/** A completion in the making. */
interface Row {
  readonly tokenIds: number[];
  readonly logProbs: number[];
  ended: boolean;
}

/** Turns the chunks of a generation into events. */
async function* events(
  generation: Generation,
  chunks: AsyncIterable<GeneratedChunk>,
): AsyncGenerator<SampleEvent> {
  const { real, completions, places, sampling } = generation;
  const stops = new Set(generation.stopTokenIds);
  const width = generation.prompts.length * completions;
  const rows = Array.from({ length: real * completions }, (): Row => ({
    tokenIds: [],
    logProbs: [],
    ended: false,
  }));
  for await (const { tokenIds, logProbs, steps } of chunks) {
    for (const [index, row] of rows.entries()) {
      if (row.ended) continue;
      const address = {
        prompt: places[Math.floor(index / completions)]!,
        completion: index % completions,
      };
      const before = row.tokenIds.length;
      for (let step = 0; step < steps && !row.ended; step++) {
        const id = tokenIds[step * width + index]!;
        row.tokenIds.push(id);
        row.logProbs.push(logProbs[step * width + index]!);
        row.ended = stops.has(id);
      }
      yield {
        type: 'chunk',
        ...address,
        tokenIds: Int32Array.from(row.tokenIds.slice(before)),
        logProbs: Float32Array.from(row.logProbs.slice(before)),
      };
      const stopped = row.ended;
      row.ended ||= row.tokenIds.length >= sampling.maxNewTokens;
      if (!row.ended) continue;
      yield {
        type: 'completion',
        ...address,
        tokenIds: Int32Array.from(row.tokenIds),
        logProbs: Float32Array.from(row.logProbs),
        finishReason: stopped ? 'stop' : 'length',
      };
    }
  }
}

/** The decoder of an ONNX engine. */
export const createDecoder: CreateDecoder = (engine, tokens) => {
  const sessions = new ChunkSessions(engine);
  return {
    sample: (request) =>
      new Observable<SampleEvent>((subscriber) => {
        const work = async () => {
          for (const generation of planGenerations(engine, request, tokens)) {
            const chunks = generate(engine, sessions, generation);
            for await (const event of events(generation, chunks)) {
              // Leaving the loops runs their `finally`, which drops what the generation stored.
              if (subscriber.closed) return;
              subscriber.next(event);
            }
          }
          subscriber.complete();
        };
        work().catch((error: unknown) => subscriber.error(error));
      }),
    dispose: () => sessions.dispose(),
  };
};

/** A greedy continuation with the logits of each step, for checks against a reference. */
export interface GreedyContinuation {
  readonly tokenIds: Int32Array;
  /** `[tokens, vocabulary]` */
  readonly logits: Float32Array;
}

/** Continues prompts greedily for a number of tokens, whatever tokens come. */
export async function inspectGreedy(
  engine: OnnxEngine,
  prompts: readonly EncodedPrompt[],
  tokens: number,
): Promise<readonly GreedyContinuation[]> {
  const { vocabularySize } = engine.config.text;
  const sessions = new ChunkSessions(engine);
  const sampling = { temperature: 0, topP: 1, topK: 0, repetitionPenalty: 1, maxNewTokens: tokens };
  const request = { prompts, completionsPerPrompt: 1, sampling, seed: 0 };
  const silent = { stopTokenIds: [], padTokenId: 0, withLogits: true };
  const results = prompts.map(() => ({
    tokenIds: new Int32Array(tokens),
    logits: new Float32Array(tokens * vocabularySize),
  }));
  try {
    for (const generation of planGenerations(engine, request, silent)) {
      const rows = generation.prompts.length;
      let made = 0;
      for await (const { tokenIds, logits, steps } of generate(engine, sessions, generation)) {
        for (let step = 0; step < steps; step++, made++) {
          for (let row = 0; row < generation.real; row++) {
            const result = results[generation.places[row]!]!;
            const at = (step * rows + row) * vocabularySize;
            result.tokenIds[made] = tokenIds[step * rows + row]!;
            result.logits.set(logits!.subarray(at, at + vocabularySize), made * vocabularySize);
          }
        }
      }
    }
    return results;
  } finally {
    await sessions.dispose();
  }
}
