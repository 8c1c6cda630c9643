/**
 * The loss of a batch that all policy objectives share, made of a surrogate, an aggregation and the common settings,
 *
 *     Σ_i loss of completion i − entropyWeight · Σ m H / Σ m + demonstrationWeight · imitation
 */
import type {
  CompletionTokens,
  Objective,
  ObjectiveValue,
  RewardPenalty,
} from '../../../../spec/index.ts';
import { maskedLength, tokenWeights, totalLength } from './aggregation.ts';
import type { Aggregation } from './aggregation.ts';
import { completionLoss, present } from './completion-loss.ts';
import type { CompletionLossParts } from './completion-loss.ts';
import { effectiveShare } from './correction.ts';
import { fusedPolicyGradient } from './fused.ts';
import { imitation } from './imitation.ts';
import { klTerm } from './kl.ts';
import type { PolicySettings } from './policy-options.ts';
import type { ClipBounds } from './surrogate.ts';

/** The parts in which policy objectives differ. */
export interface PolicyObjectiveParts extends CompletionLossParts {
  readonly aggregation: Aggregation;
  /** Given when the surrogate is `clippedSurrogate`, which engines have fused. */
  readonly clip?: ClipBounds;
}

/** The objective made of the parts. */
export function policyObjective(parts: PolicyObjectiveParts): Objective {
  const { settings, clip, aggregation } = parts;
  const { klWeight, klIn, correction, entropyWeight, demonstrationWeight, old } = settings;
  const fused = clip && fusedPolicyGradient(settings, clip, aggregation);
  return {
    perToken: true,
    learnsFrom: demonstrationWeight > 0 ? 'both' : 'rollouts',
    needs: {
      reference: klWeight > 0,
      entropies: entropyWeight !== 0,
      sampler: old === 'sampler' || correction !== undefined,
    },
    value: (batch) => policyLoss(batch, parts),
    ...(fused && { fused }),
    ...(klWeight > 0 && klIn === 'reward' && { penalty: klPenalty(settings) }),
  };
}

function policyLoss(
  batch: readonly CompletionTokens[],
  parts: PolicyObjectiveParts,
): ObjectiveValue {
  const { settings, aggregation } = parts;
  const { correction, demonstrationWeight, entropyWeight, offPolicyThreshold } = settings;
  const sampled = batch.filter(({ source }) => source === 'sampled');
  const lengths = sampled.map(({ mask }) => maskedLength(mask));
  const total = totalLength(lengths);
  const weights = tokenWeights(lengths, aggregation);
  const losses = sampled.map((completion, index) =>
    completionLoss(completion, weights[index]!, parts),
  );
  const taught = imitation(batch, demonstrationWeight);
  const bySource = losses[Symbol.iterator]();
  const dLogProbs = batch.map(({ source }, index) =>
    source === 'sampled' ? bySource.next().value!.dLogProbs : taught.dLogProbs[index]!,
  );
  const entropy = sampled.reduce((sum, { mask, entropies }) => sum + dot(mask, entropies), 0);
  const policy = losses.reduce((sum, { value }) => sum + value, 0);
  const ratios = losses.flatMap((one) => one.ratios);
  const corrections = losses.flatMap((one) => one.corrections);
  const isOffPolicy = sampled.some(({ oldLogProbs }) => oldLogProbs !== undefined);
  return {
    loss: policy + taught.loss - (entropyWeight * entropy) / total,
    dLogProbs,
    ...(entropyWeight !== 0 && {
      dEntropies: batch.map(({ mask, source }) =>
        Float64Array.from(mask, (inside) =>
          source === 'sampled' ? (-entropyWeight * inside) / total : 0,
        ),
      ),
    }),
    figures: {
      'clip-fraction': losses.reduce((sum, { clipped }) => sum + clipped, 0) / total,
      ...((isOffPolicy || settings.old === 'sampler') && { 'ratio-mean': mean(ratios) }),
      ...(correction && {
        'correction-mean': mean(corrections),
        'correction-effective': effectiveShare(corrections),
      }),
      ...(offPolicyThreshold !== undefined && {
        'off-policy-masked': mean(losses.map(({ kept }) => (kept ? 0 : 1))),
      }),
      ...(entropyWeight !== 0 && { 'full-entropy': entropy / total }),
      ...(demonstrationWeight > 0 && { imitation: taught.loss / demonstrationWeight }),
    },
  };
}

/** The KL of a completion as a cost: the sum over its tokens, for the policy at the start of the batch. */
function klPenalty({ klWeight, klEstimator, klClamp }: PolicySettings): RewardPenalty {
  return {
    name: 'kl',
    weight: -klWeight,
    value({ logProbs, referenceLogProbs, mask }) {
      const reference = present(referenceLogProbs, 'start model');
      return Array.from(mask).reduce(
        (sum, inside, token) =>
          sum + inside * klTerm(klEstimator, reference[token]! - logProbs[token]!, klClamp).value,
        0,
      );
    },
  };
}

function dot(mask: ArrayLike<number>, values: ArrayLike<number> | undefined): number {
  if (values === undefined) return 0;
  return Array.from(mask).reduce((sum, inside, token) => sum + inside * values[token]!, 0);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
