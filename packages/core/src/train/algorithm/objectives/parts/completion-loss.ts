/**
 * The policy loss of one completion, with m the mask, c the correction of the sampler and ρ the ratio:
 *
 *     Σ_t weight · m · (keep · c · surrogate + β · KL · [ρ])
 */
import type { CompletionTokens } from '../../../../spec/index.ts';
import { correctionWeights } from './correction.ts';
import { klTerm } from './kl.ts';
import { staysOnPolicy } from './off-policy-mask.ts';
import type { PolicySettings } from './policy-options.ts';
import { importanceRatio } from './ratio.ts';
import type { Surrogate } from './surrogate.ts';

/** The parts that the loss of a completion is made of. */
export interface CompletionLossParts {
  readonly settings: PolicySettings;
  readonly surrogate: Surrogate;
  /** Whether the surrogate already contains the sampler's correction, which is then not multiplied in again. */
  readonly absorbsCorrection?: boolean;
}

/** The share of one completion in the loss, and its derivative. */
export interface CompletionLoss {
  readonly value: number;
  readonly dLogProbs: Float64Array;
  readonly clipped: number;
  /** Ratios and corrections of the tokens that are learned from. */
  readonly ratios: readonly number[];
  readonly corrections: readonly number[];
  readonly kept: boolean;
}

/**
 * Value and derivative of the loss of one completion.
 *
 * @param weight Of each token, from the aggregation.
 */
export function completionLoss(
  completion: CompletionTokens,
  weight: number,
  { settings, surrogate, absorbsCorrection = false }: CompletionLossParts,
): CompletionLoss {
  const { logProbs, mask, advantage, referenceLogProbs, samplerLogProbs } = completion;
  const { klWeight, klIn, klEstimator, klClamp, klBiasCorrection, offPolicyThreshold } = settings;
  const atStart = completion.oldLogProbs ?? logProbs;
  const old = settings.old === 'sampler' ? present(samplerLogProbs, 'sampler') : atStart;
  const correction =
    settings.correction &&
    correctionWeights(atStart, present(samplerLogProbs, 'sampler'), mask, settings.correction);
  const kept =
    offPolicyThreshold === undefined ||
    staysOnPolicy(samplerLogProbs ?? old, logProbs, mask, advantage, offPolicyThreshold);
  const reference =
    klWeight > 0 && klIn === 'loss' ? present(referenceLogProbs, 'start model') : undefined;
  const ratio = importanceRatio(logProbs, old, mask, settings.ratio);
  const advantages = completion.tokenAdvantages ?? Array.from(mask, () => advantage);
  const compared = { advantage, advantages, ...(correction && { correction }) };
  const input = { logProbs, old, mask, ratio, ...compared };
  const termOf = surrogate(input);

  const byLogRatio = new Float64Array(logProbs.length);
  const byLogProb = new Float64Array(logProbs.length);
  let value = 0;
  let clipped = 0;
  for (let token = 0; token < logProbs.length; token++) {
    if (mask[token] === 0) continue;
    const term = termOf(token);
    if (term.clipped) clipped++;
    const factor = (kept ? 1 : 0) * (absorbsCorrection ? 1 : (correction?.[token] ?? 1));
    value += weight * factor * term.value;
    byLogRatio[token]! += weight * factor * term.byLogRatio;
    byLogProb[token]! += weight * factor * term.byLogProb;
    if (reference === undefined) continue;
    const kl = klTerm(klEstimator, reference[token]! - logProbs[token]!, klClamp);
    const share = weight * klWeight * (klBiasCorrection ? ratio.values[token]! : 1);
    value += share * kl.value;
    byLogProb[token]! += share * kl.derivative;
    if (klBiasCorrection) byLogRatio[token]! += share * kl.value;
  }
  const throughRatio = ratio.backward(byLogRatio);
  const learned = (_: number, token: number): boolean => mask[token] !== 0;
  return {
    value,
    dLogProbs: byLogProb.map((own, token) => own + throughRatio[token]!),
    clipped,
    ratios: [...ratio.values].filter(learned),
    corrections: [...(correction ?? [])].filter(learned),
    kept,
  };
}

/** @throws Error when log-probabilities that a setting needs are missing. */
export function present(values: ArrayLike<number> | undefined, whose: string): ArrayLike<number> {
  if (values !== undefined) return values;
  throw new Error(`The objective needs the log-probabilities of the ${whose}.`);
}
