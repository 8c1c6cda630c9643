import { z } from 'zod';
import { definePlugin } from '../../../plugin/define-plugin.ts';
import type { CompletionFacts, TokenTargets } from '../../../spec/index.ts';
import { imitation, imitationWeights } from './parts/imitation.ts';

/** Imitation of the dataset's demonstrations: cross-entropy, 1/ΣL Σ_i Σ_t −log π, the mean over all tokens of the batch. */
export const sft = definePlugin({
  kind: 'objective',
  name: 'sft',
  description: 'Supervised imitation of the demonstrations of the dataset.',
  options: z.strictObject({}),
  create: () => ({
    learnsFrom: 'demonstrations',
    value: (batch) => ({ ...imitation(batch, 1), figures: {} }),
    fused: { loss: { kind: 'cross-entropy' }, targets },
  }),
});

function targets(batch: readonly CompletionFacts[]): readonly TokenTargets[] {
  const weights = imitationWeights(batch);
  return batch.map(({ mask }, index) => ({
    weights: Float32Array.from(mask, (inside) => inside * weights[index]!),
  }));
}
