/**
 * The policy-gradient loss on the host, in float64, with its gradient in closed form: the yardstick that engines are held against,
 * and the source of diagnostics. The formulas are those of `Loss` in the specification.
 */
import type { Loss } from '../../../spec/index.ts';
import { tokenLoss } from './token-loss.ts';
import type { TokenLossTargets } from './token-loss.ts';

/** The policy-gradient loss of the specification. */
export type PolicyGradientLoss = Extract<Loss, { readonly kind: 'policy-gradient' }>;

/** One completion: arrays over its tokens. A token of weight 0 is outside the mask. */
export interface TokenSequence extends TokenLossTargets {
  readonly logProbs: ArrayLike<number>;
  readonly weights: ArrayLike<number>;
  readonly advantages: ArrayLike<number>;
}

/** What the loss is made of. Arrays are `[sequence][token]`. */
export interface PolicyGradient {
  readonly loss: number;
  /** Of the loss with respect to `logProbs`. */
  readonly gradients: readonly Float64Array[];
  /** k3 estimate of each token, masked or not. */
  readonly kl: readonly Float64Array[];
  /** Mean over sequences of the mean over their masked tokens. */
  readonly meanKl: number;
  /** Share of masked tokens whose ratio was clipped, so that the advantage gives no gradient. */
  readonly clipFraction: number;
}

/** The loss, its gradient and its diagnostics over a batch. */
export function policyGradient(
  sequences: readonly TokenSequence[],
  loss: PolicyGradientLoss,
): PolicyGradient {
  let total = 0;
  let clipped = 0;
  let masked = 0;
  const meanKls: number[] = [];
  const gradients: Float64Array[] = [];
  const kls: Float64Array[] = [];
  for (const sequence of sequences) {
    const length = sequence.logProbs.length;
    const gradient = new Float64Array(length);
    const kl = new Float64Array(length);
    let klSum = 0;
    let inMask = 0;
    for (let token = 0; token < length; token++) {
      const term = tokenLoss(loss, sequence, token, sequence.logProbs[token]!);
      const weight = sequence.weights[token]!;
      // A product and not a branch: NaN must come through, as it does in the engines.
      total += weight * term.value;
      gradient[token] = weight * term.derivative;
      kl[token] = term.kl;
      if (weight === 0) continue;
      inMask++;
      klSum += term.kl;
      if (term.clipped) clipped++;
    }
    gradients.push(gradient);
    kls.push(kl);
    masked += inMask;
    if (inMask > 0) meanKls.push(klSum / inMask);
  }
  return {
    loss: total,
    gradients,
    kl: kls,
    meanKl: meanKls.reduce((sum, value) => sum + value, 0) / Math.max(1, meanKls.length),
    clipFraction: masked === 0 ? 0 : clipped / masked,
  };
}

/** How many tokens a completion has up to and including the first end token; all when there is none. */
export function completionLength(
  tokenIds: ArrayLike<number>,
  stopTokenIds: readonly number[],
): number {
  for (let token = 0; token < tokenIds.length; token++) {
    if (stopTokenIds.includes(tokenIds[token]!)) return token + 1;
  }
  return tokenIds.length;
}
