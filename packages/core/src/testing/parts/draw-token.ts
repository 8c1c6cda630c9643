/** Drawing a token from logits on the host, one at a time: for models that are small, and for looking up how it is meant. */
import type { RandomStream } from '../../random/seed.ts';
import type { SamplingParameters } from '../../spec/index.ts';

/** log softmax of a row of logits. */
export function logSoftmax(logits: Float64Array): Float64Array {
  const max = logits.reduce((most, logit) => Math.max(most, logit), -Infinity);
  const norm = max + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - max), 0));
  return logits.map((logit) => logit - norm);
}

/**
 * Draws a token: repetition penalty, temperature, top-k, top-p, in this order; temperature 0 takes the most likely.
 *
 * @param history Tokens that the repetition penalty applies to.
 */
export function drawToken(
  logits: Float64Array,
  parameters: SamplingParameters,
  history: readonly number[],
  random: RandomStream,
): number {
  const { temperature, topK, topP, repetitionPenalty } = parameters;
  const penalized = Float64Array.from(logits);
  for (const token of new Set(history)) {
    const logit = penalized[token]!;
    penalized[token] = logit > 0 ? logit / repetitionPenalty : logit * repetitionPenalty;
  }
  const ranked = [...penalized.keys()].sort((a, b) => penalized[b]! - penalized[a]! || a - b);
  if (temperature === 0) return ranked[0]!;
  const kept = topK > 0 ? ranked.slice(0, topK) : ranked;
  const scaled = logSoftmax(Float64Array.from(kept, (token) => penalized[token]! / temperature));
  const probabilities = scaled.map(Math.exp);
  let mass = 0;
  const nucleus = kept.filter((_, rank) => {
    const wanted = mass < topP;
    mass += wanted ? probabilities[rank]! : 0;
    return wanted;
  });
  let rest = random() * mass;
  for (const [rank, token] of nucleus.entries()) {
    rest -= probabilities[rank]!;
    if (rest < 0) return token;
  }
  return nucleus.at(-1)!;
}
