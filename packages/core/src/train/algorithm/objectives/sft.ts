import { z } from 'zod';
import { definePlugin } from '../../../plugin/define-plugin.ts';
import type { CompletionFacts, Sample, TokenTargets } from '../../../spec/index.ts';
import { imitation, imitationWeights } from './parts/imitation.ts';

/**
 * Imitation: cross-entropy, 1/ΣL Σ_i Σ_t −log π, the mean over all tokens of the batch. Of each sample its whole demonstration is
 * imitated, or the true answer in its tags alone, which is supervised fine-tuning as SpaceR compares with (arXiv 2504.01805).
 *
 * @example { use: 'sft', imitate: 'answer' }
 */
export const sft = definePlugin({
  kind: 'objective',
  name: 'sft',
  description: 'Supervised imitation of the demonstrations of the dataset.',
  options: z.strictObject({
    imitate: z
      .enum(['demonstration', 'answer'])
      .default('demonstration')
      .describe('Reasoning and answer, or the true answer in its tags alone'),
  }),
  create: ({ imitate }) => ({
    learnsFrom: 'demonstrations',
    ...(imitate === 'answer' && { imitates: ({ solution }: Sample) => solution }),
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
