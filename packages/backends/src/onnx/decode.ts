/**
 * Sampling on an ONNX engine: by chunks that are one run each (`decode-run.ts`), or token by token where a device keeps the store
 * (`decode-step.ts`).
 */
import type { EncodedPrompt } from '@loci/core';
import { continueGreedily } from '../policy/sample-stream.ts';
import type { Generator, GreedyContinuation } from '../policy/sample-stream.ts';
import { generate } from './decode-run.ts';
import { generateByStep } from './decode-step.ts';
import { ChunkSessions } from './decode-sessions.ts';
import type { OnnxEngine } from './onnx-engine.ts';

/** The generation loop of an engine, with its current weights. */
export function onnxGenerator(engine: OnnxEngine, sessions = new ChunkSessions(engine)): Generator {
  return {
    config: engine.config,
    maxRunBytes: engine.settings.maxRunBytes,
    generate: (generation) =>
      engine.host.onDevice
        ? generateByStep(engine, generation)
        : generate(engine, sessions, generation),
  };
}

/** Continues prompts greedily for a number of tokens, whatever tokens come. */
export async function inspectGreedy(
  engine: OnnxEngine,
  prompts: readonly EncodedPrompt[],
  tokens: number,
): Promise<readonly GreedyContinuation[]> {
  const sessions = new ChunkSessions(engine);
  try {
    return await continueGreedily(onnxGenerator(engine, sessions), prompts, tokens);
  } finally {
    await sessions.dispose();
  }
}
