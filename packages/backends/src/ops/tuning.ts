/**
 * Defines the trained part of a model: low-rank factors beside frozen weights (LoRA, arXiv 2106.09685), or some of the weights themselves.
 */

/** Factors of a linear layer: `y = x·Wᵀ + scale · (x·Aᵀ)·Bᵀ` with `A [rank, in]` and `B [out, rank]`. */
export interface LowRank {
  readonly rank: number;
  /** The scale is `alpha / rank`, or `alpha / √rank` when rank-stabilized. */
  readonly alpha: number;
}

/** The trained part of a model; plain data, so that it can go to another thread. */
export interface Tuning {
  /** Linear layers that have factors, by published name such as `model.layers.0.self_attn.q_proj`. */
  readonly lowRank: Readonly<Record<string, LowRank>>;
  /** Whether the scale falls with the square root of the rank (rsLoRA, arXiv 2312.03732). */
  readonly rankStabilised: boolean;
  /** Published parameters that are trained directly. */
  readonly parameters: readonly string[];
}

/** The scale of the product of a layer's factors. */
export function lowRankScale({ rank, alpha }: LowRank, rankStabilised: boolean): number {
  return alpha / (rankStabilised ? Math.sqrt(rank) : rank);
}

/** Names of a layer's factors, `A [rank, in]` and `B [out, rank]`. */
export function factorNames(layer: string): { readonly a: string; readonly b: string } {
  return { a: `${layer}.lora_A.weight`, b: `${layer}.lora_B.weight` };
}
