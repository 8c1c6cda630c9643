/**
 * Sampling on an ONNX engine: by chunks that are one run each (`decode-run.ts`), or token by token where a device keeps the store
 * (`decode-step.ts`).
 */
import type { EncodedPrompt } from '@loci/core';
import { continueGreedily } from '../../engine/sample-stream.ts';
import type { TokenGenerator, GreedyContinuation } from '../../engine/sample-stream.ts';
import { generate } from './by-chunk.ts';
import { generateByStep } from './by-step.ts';
import { ChunkSessions } from './chunk-sessions.ts';
import type { GraphEngine } from '../engine/graph-engine.ts';

/** The generation loop of an engine, with its current weights. */
export function graphGenerator(
  engine: GraphEngine,
  sessions = new ChunkSessions(engine),
): TokenGenerator {
  return {
    model: engine.model,
    maxRunBytes: engine.settings.maxRunBytes,
    generate: (generation) =>
      engine.runtime.onDevice
        ? generateByStep(engine, generation)
        : generate(engine, sessions, generation),
  };
}

/** Continues prompts greedily for a number of tokens, whatever tokens come. */
export async function inspectGreedy(
  engine: GraphEngine,
  prompts: readonly EncodedPrompt[],
  tokens: number,
): Promise<readonly GreedyContinuation[]> {
  const sessions = new ChunkSessions(engine);
  try {
    return await continueGreedily(graphGenerator(engine, sessions), prompts, tokens);
  } finally {
    await sessions.dispose();
  }
}
