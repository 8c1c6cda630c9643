import type { Loss, TokenTargets } from '../spec/index.ts';

/** Loss of one token and its derivative with respect to the token's log-probability, both without the weight. */
export interface TokenLoss {
  readonly value: number;
  readonly derivative: number;
}

/**
 * The token losses of `Loss`, written out for one token: a slow, obvious reference.
 *
 * @param token Index within the completion.
 */
export function tokenLoss(
  loss: Loss,
  targets: TokenTargets,
  token: number,
  logProb: number,
): TokenLoss {
  if (loss.kind === 'cross-entropy') return { value: -logProb, derivative: -1 };
  const advantage = targets.advantages?.[token] ?? 0;
  const ratio = Math.exp(logProb - (targets.oldLogProbs?.[token] ?? logProb));
  const clipped = Math.min(Math.max(ratio, 1 - loss.clipLow), 1 + loss.clipHigh);
  const isClipped = clipped * advantage < ratio * advantage;
  const surrogate = {
    value: -(isClipped ? clipped : ratio) * advantage,
    derivative: isClipped ? 0 : -ratio * advantage,
  };
  const reference = targets.referenceLogProbs?.[token];
  if (loss.klWeight === 0 || reference === undefined) return surrogate;
  const clamp = loss.klClamp ?? Number.POSITIVE_INFINITY;
  const raw = reference - logProb;
  const difference = Math.min(clamp, Math.max(-clamp, raw));
  const inside = Math.abs(raw) <= clamp;
  return {
    value: surrogate.value + loss.klWeight * (Math.exp(difference) - difference - 1),
    derivative: surrogate.derivative + (inside ? loss.klWeight * (1 - Math.exp(difference)) : 0),
  };
}
