import type { AdvantagedGroup, Loss, TrainingGroup } from '../../spec/index.ts';
import { k3, tokenLoss } from '../algorithm/objectives/token-loss.ts';

/** Bound of the log-ratio in the KL that is logged: SpaceR's. */
const KL_CLAMP = 10;

/** What the update saw, group by group in one order. */
export interface UpdateView {
  readonly groups: readonly AdvantagedGroup[];
  readonly batch: readonly TrainingGroup[];
  readonly loss: Loss;
  /** Of the trainer, before the update. */
  readonly logProbs: readonly (readonly Float32Array[])[];
  readonly learnsFrom: 'rollouts' | 'demonstrations';
}

/** KL, clipping, entropy, and the gap between the sampler's log-probabilities and the trainer's; means over tokens. */
export function policyMetrics(view: UpdateView): Readonly<Record<string, number>> {
  const sums = { tokens: 0, surprise: 0, gap: 0, maxGap: 0, kl: 0, klTokens: 0, clipped: 0 };
  for (const [groupIndex, group] of view.groups.entries()) {
    for (const [index, rollout] of group.rollouts.entries()) {
      const logProbs = view.logProbs[groupIndex]?.[index];
      const targets = view.batch[groupIndex]?.targets[index];
      if (logProbs === undefined) continue;
      const reference = group.referenceLogProbs?.[index];
      for (let token = 0; token < logProbs.length; token++) {
        const logProb = logProbs[token]!;
        sums.tokens++;
        sums.surprise -= logProb;
        const gap = Math.abs(logProb - (rollout.logProbs[token] ?? logProb));
        sums.gap += gap;
        sums.maxGap = Math.max(sums.maxGap, gap);
        if (reference !== undefined) {
          sums.kl += k3(reference[token]! - logProb, KL_CLAMP);
          sums.klTokens++;
        }
        if (targets !== undefined && tokenLoss(view.loss, targets, token, logProb).clipped) {
          sums.clipped++;
        }
      }
    }
  }
  if (sums.tokens === 0) return {};
  const sampled = view.learnsFrom === 'rollouts';
  return {
    'policy/entropy': sums.surprise / sums.tokens,
    ...(sampled && {
      'policy/clip-fraction': sums.clipped / sums.tokens,
      'gap/mean': sums.gap / sums.tokens,
      'gap/max': sums.maxGap,
    }),
    ...(sums.klTokens > 0 && { 'policy/kl': sums.kl / sums.klTokens }),
  };
}
