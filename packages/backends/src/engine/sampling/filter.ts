/**
 * Computes the distribution of the next token: logits after repetition penalty, temperature, top-k and top-p, in the order and with the
 * meaning of Hugging Face `generate`. Engines that filter inside their graph are tested against this.
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
 * Makes tokens of the context less likely (CTRL, arXiv 1909.05858): a positive logit is divided by the penalty,
 * a negative one multiplied with it.
 *
 * @param seen tokens of the prompt and of the completion so far.
 */
export function penalizeRepetition(
  logits: Float32Array,
  seen: Iterable<number>,
  penalty: number,
): Float32Array {
  const penalized = Float32Array.from(logits);
  for (const id of new Set(seen)) {
    const logit = logits[id]!;
    penalized[id] = logit > 0 ? logit / penalty : logit * penalty;
  }
  return penalized;
}

/** Probabilities of logits, summed in float64. */
export function softmax(logits: ArrayLike<number>): Float32Array {
  const { length } = logits;
  let largest = -Infinity;
  for (let index = 0; index < length; index++) largest = Math.max(largest, logits[index]!);
  const weights = new Float64Array(length);
  let total = 0;
  for (let index = 0; index < length; index++) {
    weights[index] = Math.exp(logits[index]! - largest);
    total += weights[index]!;
  }
  const probabilities = new Float32Array(length);
  for (let index = 0; index < length; index++) probabilities[index] = weights[index]! / total;
  return probabilities;
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
  const penalized =
    repetitionPenalty === 1 ? logits : penalizeRepetition(logits, seen, repetitionPenalty);
  if (temperature === 0) {
    const best = penalized.reduce(
      (winner, logit, id) => (logit > penalized[winner]! ? id : winner),
      0,
    );
    return { tokenIds: Int32Array.of(best), probabilities: Float32Array.of(1) };
  }
  const scaled = new Float32Array(penalized.length);
  const ids = new Int32Array(penalized.length);
  for (let id = 0; id < ids.length; id++) {
    scaled[id] = penalized[id]! / temperature;
    ids[id] = id;
  }
  if (keepsEveryToken(parameters, logits.length)) {
    return { tokenIds: ids, probabilities: softmax(scaled) };
  }
  const byRank = (a: number, b: number) => scaled[b]! - scaled[a]! || a - b;
  const logitsOf = (chosen: Int32Array) => take(scaled, chosen);
  const limited = topK > 0 && topK < ids.length;
  if (limited) {
    const candidates = ids.sort(byRank).slice(0, topK);
    const tokenIds = nucleus(candidates, softmax(logitsOf(candidates)), topP);
    return { tokenIds, probabilities: softmax(logitsOf(tokenIds)) };
  }
  const tokenIds = wholeNucleus(softmax(scaled), topP, byRank);
  return { tokenIds, probabilities: softmax(logitsOf(tokenIds)) };
}

/**
 * Ids, ascending, of the tokens that have less than top-p before them, among all tokens. Only values are sorted, which is
 * several times faster than sorting ids by a comparison; ids are compared where values tie at the border.
 */
function wholeNucleus(
  probabilities: Float32Array,
  topP: number,
  byRank: (a: number, b: number) => number,
): Int32Array {
  const ascending = probabilities.slice().sort();
  let kept = 0;
  for (let before = 0; kept < ascending.length && (kept === 0 || before < topP); kept++) {
    before += ascending[ascending.length - 1 - kept]!;
  }
  const border = ascending[ascending.length - kept]!;
  const [inside, tied]: [number[], number[]] = [[], []];
  for (let id = 0; id < probabilities.length; id++) {
    if (probabilities[id]! > border) inside.push(id);
    else if (probabilities[id] === border) tied.push(id);
  }
  const chosen = tied.sort(byRank).slice(0, kept - inside.length);
  return Int32Array.from([...inside, ...chosen]).sort();
}

function take(values: Float32Array, ids: Int32Array): Float32Array {
  const taken = new Float32Array(ids.length);
  for (let index = 0; index < ids.length; index++) taken[index] = values[ids[index]!]!;
  return taken;
}

/** The first of ranked tokens that have less than top-p before them; at least one. */
function nucleus(ranked: Int32Array, probabilities: Float32Array, topP: number): Int32Array {
  let kept = 0;
  for (let before = 0; kept < ranked.length && (kept === 0 || before < topP); kept++) {
    before += probabilities[kept]!;
  }
  return ranked.slice(0, kept);
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

/** `log softmax(logits / temperature)[id]`, summed in float64. @param temperature above 0. */
export function logProbability(logits: Float32Array, id: number, temperature = 1): number {
  let largest = -Infinity;
  for (const logit of logits) if (logit > largest) largest = logit;
  let total = 0;
  for (const logit of logits) total += Math.exp((logit - largest) / temperature);
  return (logits[id]! - largest) / temperature - Math.log(total);
}
