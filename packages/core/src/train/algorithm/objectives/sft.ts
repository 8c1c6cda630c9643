import { z } from 'zod';
import { definePlugin } from '../../../plugin/define-plugin.ts';
import type { CompletionFacts, Sample, TokenTargets } from '../../../spec/index.ts';
import { imitation, imitationWeights } from './parts/imitation.ts';

/**
 * Imitation: cross-entropy, 1/ΣL Σ_i Σ_t −log π, the mean over all tokens of the batch. It imitates the whole demonstration of a sample,
 * or only the true answer in its tags. The latter is the supervised fine-tuning that SpaceR compares with (arXiv 2504.01805).
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
      .describe('The whole demonstration with its reasoning, or only the true answer in its tags.'),
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
