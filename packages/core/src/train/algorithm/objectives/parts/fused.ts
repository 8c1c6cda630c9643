/** The clipped policy gradient that engines compute in one pass. The common case so saves the pass for log-probabilities. */
import type { FusedLoss, TokenTargets } from '../../../../spec/index.ts';
import { maskedLength, tokenWeights, totalLength } from './aggregation.ts';
import type { Aggregation } from './aggregation.ts';
import type { PolicySettings } from './policy-options.ts';
import type { ClipBounds } from './surrogate.ts';

/** The fused loss of these settings; undefined when they need more than it has. */
export function fusedPolicyGradient(
  settings: PolicySettings,
  { clipLow, clipHigh, delta }: ClipBounds,
  aggregation: Aggregation,
): FusedLoss | undefined {
  const { entropyWeight, klClamp, klEstimator, klBiasCorrection, old } = settings;
  const klWeight = settings.klIn === 'loss' ? settings.klWeight : 0;
  const klFits = klWeight === 0 || (klEstimator === 'k3' && !klBiasCorrection);
  const plain =
    settings.ratio === 'token' &&
    settings.correction === undefined &&
    settings.offPolicyThreshold === undefined &&
    settings.demonstrationWeight === 0;
  if (!plain || !klFits || delta !== undefined) return undefined;
  return {
    loss: {
      kind: 'policy-gradient',
      clipLow,
      clipHigh,
      klWeight,
      klClamp,
      ...(entropyWeight !== 0 && { entropies: true }),
    },
    targets(batch) {
      const lengths = batch.map(({ mask }) => maskedLength(mask));
      const weights = tokenWeights(lengths, aggregation);
      const entropyShare = -entropyWeight / totalLength(lengths);
      return batch.map((completion, index): TokenTargets => {
        const { mask, advantage, tokenAdvantages, samplerLogProbs, referenceLogProbs } = completion;
        const oldLogProbs = old === 'sampler' ? samplerLogProbs : completion.oldLogProbs;
        return {
          weights: Float32Array.from(mask, (inside) => inside * weights[index]!),
          advantages: Float32Array.from(mask, (_, token) => tokenAdvantages?.[token] ?? advantage),
          ...(entropyWeight !== 0 && {
            entropyWeights: Float32Array.from(mask, (inside) => inside * entropyShare),
          }),
          ...(oldLogProbs && { oldLogProbs: Float32Array.from(oldLogProbs) }),
          ...(klWeight > 0 &&
            referenceLogProbs && { referenceLogProbs: Float32Array.from(referenceLogProbs) }),
        };
      });
    },
  };
}
