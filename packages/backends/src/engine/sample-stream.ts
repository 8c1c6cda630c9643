/** Samples as a stream of events, on the generation loop of an engine. */
import { Observable } from 'rxjs';
import type { EncodedPrompt, SampleEvent, SampleRequest } from '@loci/core';
import type { Model } from '../models/spec/model.ts';
import { planGenerations } from './generation.ts';
import type { DecoderTokens, GeneratedChunk, Generation } from './generation.ts';

/** An engine's generation loop. */
export interface TokenGenerator {
  readonly model: Model;
  /** Memory limit for reading the prompts. */
  readonly maxRunBytes: number;
  /** Yields chunks until every row has ended or reached its limit. Leaving the loop early frees its memory. */
  generate(generation: Generation): AsyncIterable<GeneratedChunk>;
  /** Where tokens are generated, in words, if not on the engine's device. */
  readonly description?: string | undefined;
  /** Which decoder generates tokens when, in words. */
  readonly reason?: string | undefined;
  /** Frees its memory; the engine stays. */
  dispose?(): Promise<void>;
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

/** Answers a request by generations, one after another. Unsubscribing leaves the running loop. */
export function sampleStream(
  generator: TokenGenerator,
  request: SampleRequest,
  tokens: DecoderTokens,
): Observable<SampleEvent> {
  return new Observable<SampleEvent>((subscriber) => {
    const { model, maxRunBytes } = generator;
    const work = async () => {
      for (const generation of planGenerations(model, maxRunBytes, request, tokens)) {
        for await (const event of events(generation, generator.generate(generation))) {
          if (subscriber.closed) return;
          subscriber.next(event);
        }
      }
      subscriber.complete();
    };
    work().catch((error: unknown) => subscriber.error(error));
  });
}

/** A greedy continuation with the logits of each step, for checks against a reference. */
export interface GreedyContinuation {
  readonly tokenIds: Int32Array;
  /** `[tokens, vocabulary]` */
  readonly logits: Float32Array;
}

/** Continues prompts greedily for a fixed number of tokens. */
export async function continueGreedily(
  generator: TokenGenerator,
  prompts: readonly EncodedPrompt[],
  tokens: number,
): Promise<readonly GreedyContinuation[]> {
  const { model, maxRunBytes } = generator;
  const { vocabularySize } = model.decoder;
  const sampling = { temperature: 0, topP: 1, topK: 0, repetitionPenalty: 1, maxNewTokens: tokens };
  const request = { prompts, completionsPerPrompt: 1, sampling, seed: 0 };
  const silent = { stopTokenIds: [], padTokenId: 0, withLogits: true };
  const results = prompts.map(() => ({
    tokenIds: new Int32Array(tokens),
    logits: new Float32Array(tokens * vocabularySize),
  }));
  for (const generation of planGenerations(model, maxRunBytes, request, silent)) {
    const rows = generation.prompts.length;
    let made = 0;
    for await (const { tokenIds, logits, steps } of generator.generate(generation)) {
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
}
