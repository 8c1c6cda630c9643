/**
 * The distribution that a token is drawn from: logits after repetition penalty, temperature, top-k and top-p, in the order
 * and with the meaning of Hugging Face `generate`. Engines that filter inside their graph are held against this.
 */
import type { SamplingParameters } from '@loci/core';

/** The settings that shape the distribution of one token. */
export type FilterParameters = Pick<
  SamplingParameters,
  'temperature' | 'topP' | 'topK' | 'repetitionPenalty'
>;

/** Tokens that can be drawn, with their probabilities, in the order in which `drawToken` lays them on [0, 1). */
export interface TokenDistribution {
  readonly tokenIds: Int32Array;
  /** Sums to 1. */
  readonly probabilities: Float32Array;
}

/**
 * Makes tokens that stand in the context less likely (CTRL, arXiv 1909.05858): a positive logit is divided by the penalty,
 * a negative one multiplied with it.
 *
 * @param seen tokens of the prompt and of the completion so far.
 */
export function penaliseRepetition(
  logits: Float32Array,
  seen: Iterable<number>,
  penalty: number,
): Float32Array {
  const penalised = Float32Array.from(logits);
  for (const id of new Set(seen)) {
    const logit = logits[id]!;
    penalised[id] = logit > 0 ? logit / penalty : logit * penalty;
  }
  return penalised;
}

/** Probabilities of logits, summed in float64. */
export function softmax(logits: ArrayLike<number>): Float32Array {
  let largest = -Infinity;
  for (let index = 0; index < logits.length; index++) largest = Math.max(largest, logits[index]!);
  const weights = Float64Array.from(logits, (logit) => Math.exp(logit - largest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return Float32Array.from(weights, (weight) => weight / total);
}

/** Whether the filters keep every token, so that nothing need be sorted. */
export function keepsEveryToken({ topK, topP }: FilterParameters, vocabulary: number): boolean {
  return topP >= 1 && (topK === 0 || topK >= vocabulary);
}

/**
 * The distribution of the next token.
 *
 * Tokens are ranked by logit, equal ones by id. Top-k keeps the first k; top-p keeps a token while those before it have
 * less than p together, so at least one stays. The tokens come in the order of their rank with top-k, and of their ids without.
 *
 * @param seen tokens of the prompt and of the completion so far; used by the repetition penalty only.
 */
export function tokenDistribution(
  logits: Float32Array,
  parameters: FilterParameters,
  seen: Iterable<number>,
): TokenDistribution {
  const { temperature, topK, topP, repetitionPenalty } = parameters;
  const penalised =
    repetitionPenalty === 1 ? logits : penaliseRepetition(logits, seen, repetitionPenalty);
  if (temperature === 0) {
    const best = penalised.reduce(
      (winner, logit, id) => (logit > penalised[winner]! ? id : winner),
      0,
    );
    return { tokenIds: Int32Array.of(best), probabilities: Float32Array.of(1) };
  }
  const scaled = penalised.map((logit) => logit / temperature);
  const ids = Int32Array.from(scaled, (_, id) => id);
  if (keepsEveryToken(parameters, logits.length)) {
    return { tokenIds: ids, probabilities: softmax(scaled) };
  }
  const ranked = ids.sort((a, b) => scaled[b]! - scaled[a]! || a - b);
  const limited = topK > 0 && topK < ranked.length;
  const candidates = limited ? ranked.subarray(0, topK) : ranked;
  const logitOf = (id: number) => scaled[id]!;
  const probabilities = softmax(Array.from(candidates, logitOf));
  let kept = 0;
  for (let before = 0; kept < candidates.length && (kept === 0 || before < topP); kept++) {
    before += probabilities[kept]!;
  }
  const tokenIds = candidates.slice(0, kept);
  if (!limited) tokenIds.sort();
  return { tokenIds, probabilities: softmax(Array.from(tokenIds, logitOf)) };
}

/** The distribution as one probability a token id, 0 for those filtered out. */
export function denseProbabilities(
  { tokenIds, probabilities }: TokenDistribution,
  vocabulary: number,
): Float32Array {
  const dense = new Float32Array(vocabulary);
  tokenIds.forEach((id, index) => (dense[id] = probabilities[index]!));
  return dense;
}

/** The token whose share of [0, 1) holds the number: the inverse of the cumulative distribution. */
export function drawToken(distribution: TokenDistribution, uniform: number): number {
  const { tokenIds, probabilities } = distribution;
  let reached = 0;
  for (let index = 0; index < tokenIds.length; index++) {
    reached += probabilities[index]!;
    if (reached > uniform) return tokenIds[index]!;
  }
  return tokenIds[tokenIds.length - 1]!;
}
