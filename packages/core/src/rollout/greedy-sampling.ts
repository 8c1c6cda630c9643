import type { SamplingParameters } from '../spec/index.ts';

/** Greedy decoding, for evaluations that must not depend on random draws. */
export function greedySampling(maxNewTokens: number): SamplingParameters {
  return { temperature: 0, topP: 1, topK: 0, repetitionPenalty: 1, maxNewTokens };
}
