/** The loss of one token before correction, KL and aggregation. */
import type { ImportanceRatio } from './ratio.ts';

/** The loss of a token, and its slope along the two ways in which a log-probability enters. */
export interface TokenTerm {
  readonly value: number;
  /** ∂value / ∂log ρ. */
  readonly byLogRatio: number;
  /** ∂value / ∂log π where the ratio is held constant. */
  readonly byLogProb: number;
  /** Whether a bound cut the gradient off or held the ratio. */
  readonly clipped: boolean;
}

/** A completion as a surrogate sees it. Arrays are over its tokens. */
export interface SurrogateInput {
  readonly logProbs: ArrayLike<number>;
  /** Held constant. */
  readonly old: ArrayLike<number>;
  readonly mask: ArrayLike<number>;
  readonly ratio: ImportanceRatio;
  /** Of the completion. */
  readonly advantage: number;
  /** Of each token. */
  readonly advantages: ArrayLike<number>;
  /** Weights of the gap between sampler and trainer; absent when it is not corrected. */
  readonly correction?: Float64Array;
}

/** Gives the term of each token of one completion. */
export type Surrogate = (completion: SurrogateInput) => (token: number) => TokenTerm;

/** Bounds of the clipped surrogate. */
export interface ClipBounds {
  readonly clipLow: number;
  readonly clipHigh: number;
  /** Bound of ρ where the advantage is negative and nothing else bounds it; absent: none. */
  readonly delta?: number | undefined;
}

/**
 * The clipped surrogate of PPO (arXiv 1707.06347, equation 7): −min(ρ A, clip(ρ, 1 − clipLow, 1 + clipHigh) A). With `delta` the
 * first ρ is min(ρ, delta): two-sided clipping (INTELLECT-2, arXiv 2505.07291).
 */
export function clippedSurrogate({ clipLow, clipHigh, delta = Infinity }: ClipBounds): Surrogate {
  return ({ ratio, advantages }) =>
    (token) => {
      const advantage = advantages[token]!;
      const rho = ratio.values[token]!;
      const free = Math.min(rho, delta) * advantage;
      const held = Math.min(Math.max(rho, 1 - clipLow), 1 + clipHigh) * advantage;
      const takesHeld = held < free;
      // Exactly at a bound the gradient passes, as it does through torch's clamp.
      const passes = takesHeld ? rho >= 1 - clipLow && rho <= 1 + clipHigh : !(rho > delta);
      return {
        value: -(takesHeld ? held : free),
        byLogRatio: passes ? -rho * advantage : 0,
        byLogProb: 0,
        clipped: !passes,
      };
    };
}
