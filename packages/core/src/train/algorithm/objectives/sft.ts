import { z } from 'zod';
import { definePlugin } from '../../../plugin/define-plugin.ts';
import { trueMapText } from '../../../spatial/scene-map/format.ts';
import type { CompletionFacts, Objective, Sample, TokenTargets } from '../../../spec/index.ts';
import { imitation, imitationWeights } from './parts/imitation.ts';

/** What can be imitated of a sample. */
const IMITATED = {
  /** The worked completion of the dataset, with its reasoning. */
  demonstration: undefined,
  /** What the rewards know: the true map, and the true answer. Where a sample has no map, the answer alone. */
  'map-and-answer': (sample: Sample) => {
    const map = trueMapText(sample);
    return map === undefined
      ? sample.solution
      : `<think><map>${map}</map></think>${sample.solution}`;
  },
  /** The true answer in its tags: the supervised fine-tuning that SpaceR compares with (arXiv 2504.01805). */
  answer: ({ solution }: Sample) => solution,
} satisfies Record<string, Objective['imitates']>;

/**
 * Imitation: cross-entropy, 1/ΣL Σ_i Σ_t −log π, the mean over all tokens of the batch. It imitates the whole demonstration of a sample,
 * the true map and answer without reasoning, or only the true answer in its tags.
 *
 * @example { use: 'sft', imitate: 'answer' }
 */
export const sft = definePlugin({
  kind: 'objective',
  name: 'sft',
  description: 'Supervised imitation of the demonstrations of the dataset.',
  options: z.strictObject({
    imitate: z
      .enum(['demonstration', 'map-and-answer', 'answer'])
      .default('demonstration')
      .describe(
        'The whole demonstration with its reasoning; the true map and answer without reasoning; or only the true answer in its tags.',
      ),
  }),
  create: ({ imitate }) => {
    const imitates = IMITATED[imitate];
    return {
      learnsFrom: 'demonstrations',
      ...(imitates && { imitates }),
      value: (batch) => ({ ...imitation(batch, 1), figures: {} }),
      fused: { loss: { kind: 'cross-entropy' }, targets },
    };
  },
});

function targets(batch: readonly CompletionFacts[]): readonly TokenTargets[] {
  const weights = imitationWeights(batch);
  return batch.map(({ mask }, index) => ({
    weights: Float32Array.from(mask, (inside) => inside * weights[index]!),
  }));
}
