/**
 * Sampling on an ONNX engine: on kernels of our own (`by-tape.ts`), by chunks that are one run each (`by-chunk.ts`), or token by
 * token where a device keeps the store (`by-step.ts`).
 */
import type { EncodedPrompt } from '@loci/core';
import { continueGreedily } from '../../engine/sample-stream.ts';
import type { TokenGenerator, GreedyContinuation } from '../../engine/sample-stream.ts';
import { recordStep } from '../../wasm/tape/record.ts';
import { generate } from './by-chunk.ts';
import { generateByStep } from './by-step.ts';
import { TapeGenerator } from './by-tape.ts';
import { ChunkSessions } from './chunk-sessions.ts';
import type { GraphEngine } from '../engine/graph-engine.ts';

/** The generation loop of an engine, with its current weights. */
export function graphGenerator(
  engine: GraphEngine,
  sessions = new ChunkSessions(engine),
): TokenGenerator {
  const tape = process.env.TAPE ? new TapeGenerator(engine, recordStep(engine), Number(process.env.TAPE)) : undefined;
  return {
    model: engine.model,
    maxRunBytes: engine.settings.maxRunBytes,
    generate: (generation) =>
      tape ? tape.generate(generation) :
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
