import { z } from 'zod';
import { definePlugin } from '../../../plugin/define-plugin.ts';
import { tokenWeights } from './normalisation.ts';

/** Imitation of the dataset's demonstrations: cross-entropy of the completion, mean over all tokens of the batch. */
export const sft = definePlugin({
  kind: 'objective',
  name: 'sft',
  description: 'Supervised imitation of the demonstrations of the dataset.',
  options: z.strictObject({}),
  create: () => ({
    learnsFrom: 'demonstrations',
    needsReference: false,
    build: (groups) => {
      const completions = groups.map(({ rollouts }) => rollouts.map(({ tokenIds }) => tokenIds));
      const lengths = completions.flat().map(({ length }) => length);
      const weights = tokenWeights(lengths, { kind: 'token' })[Symbol.iterator]();
      return {
        loss: { kind: 'cross-entropy' },
        groups: groups.map(({ prompt }, index) => ({
          prompt,
          completions: completions[index]!,
          targets: completions[index]!.map(({ length }) => ({
            weights: new Float32Array(length).fill(weights.next().value!),
          })),
        })),
      };
    },
  }),
});
