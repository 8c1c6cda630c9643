/**
 * Samples on an ONNX engine: on Loci's own kernels (`by-tape.ts`), by chunks of one run each (`by-chunk.ts`), or token by token where a
 * device keeps the store (`by-step.ts`).
 */
import type { EncodedPrompt } from '@loci/core';
import { continueGreedily } from '../../engine/sample-stream.ts';
import type { TokenGenerator, GreedyContinuation } from '../../engine/sample-stream.ts';
import type { Generation } from '../../engine/generation.ts';
import { generate } from './by-chunk.ts';
import { generateByStep } from './by-step.ts';
import { TapeGenerator } from './by-tape.ts';
import { ChunkSessions } from './chunk-sessions.ts';
import { chooseDecoder } from './choose-decoder.ts';
import type { DecoderSettings } from './choose-decoder.ts';
import type { GraphEngine } from '../engine/graph-engine.ts';

/** The generation loop of an engine, with its current weights. By default it uses the engine's own graphs. */
export function graphGenerator(
  engine: GraphEngine,
  settings: DecoderSettings = { decoder: 'onnx', threads: 1 },
  sessions = new ChunkSessions(engine),
): TokenGenerator {
  const { tape, mostRows, description, reason } = chooseDecoder(engine, settings);
  const ours = tape && new TapeGenerator(engine, tape, settings.threads);
  const inGraphs = (generation: Generation) =>
    engine.runtime.onDevice
      ? generateByStep(engine, generation)
      : generate(engine, sessions, generation);
  const takes = (own: TapeGenerator, generation: Generation) =>
    generation.real * generation.completions <= mostRows &&
    (settings.decoder === 'wasm' || own.fits(generation));
  return {
    model: engine.model,
    maxRunBytes: engine.settings.maxRunBytes,
    description,
    reason,
    generate: (generation) =>
      ours && takes(ours, generation) ? ours.generate(generation) : inGraphs(generation),
    dispose: async () => {
      await ours?.dispose();
    },
  };
}

/** Continues prompts greedily for a fixed number of tokens. */
export async function inspectGreedy(
  engine: GraphEngine,
  prompts: readonly EncodedPrompt[],
  tokens: number,
  settings?: DecoderSettings,
): Promise<readonly GreedyContinuation[]> {
  const sessions = new ChunkSessions(engine);
  const generator = graphGenerator(engine, settings, sessions);
  try {
    return await continueGreedily(generator, prompts, tokens);
  } finally {
    await generator.dispose?.();
    await sessions.dispose();
  }
}
