/**
 * Sampling on an ONNX engine: by chunks that are one run each (`decode-run.ts`), or token by token where a device keeps the store
 * (`decode-step.ts`).
 */
import type { EncodedPrompt } from '@loci/core';
import type { DecoderTokens } from '../policy/generation.ts';
import { continueGreedily, sampleStream } from '../policy/sample-stream.ts';
import type { Decoder, Generator, GreedyContinuation } from '../policy/sample-stream.ts';
import { generate } from './decode-run.ts';
import { generateByStep } from './decode-step.ts';
import { ChunkSessions } from './decode-sessions.ts';
import type { OnnxEngine } from './onnx-engine.ts';

function generatorOf(engine: OnnxEngine, sessions: ChunkSessions): Generator {
  return {
    config: engine.config,
    maxRunBytes: engine.settings.maxRunBytes,
    generate: (generation) =>
      engine.host.onDevice
        ? generateByStep(engine, generation)
        : generate(engine, sessions, generation),
  };
}

/**
 * Makes the decoder of an engine. It reads `engine.weightVersion` to notice that weights have changed, runs its sessions on
 * `engine.host`, and takes parameters from the stored tensor `STORE.current` at the places of `engine.arena`.
 */
export function createDecoder(engine: OnnxEngine, tokens: DecoderTokens): Decoder {
  const sessions = new ChunkSessions(engine);
  const generator = generatorOf(engine, sessions);
  return {
    sample: (request) => sampleStream(generator, request, tokens),
    dispose: () => sessions.dispose(),
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
    return await continueGreedily(generatorOf(engine, sessions), prompts, tokens);
  } finally {
    await sessions.dispose();
  }
}
