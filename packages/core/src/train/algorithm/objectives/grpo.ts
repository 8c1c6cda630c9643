import { z } from 'zod';
import { definePlugin } from '../../../plugin/define-plugin.ts';
import type { AdvantagedGroup, TrainingGroup } from '../../../spec/index.ts';
import { tokenWeights } from './normalisation.ts';
import type { Normalisation } from './normalisation.ts';

const options = z
  .strictObject({
    klWeight: z.number().nonnegative().default(0.04).describe('β, the weight of the KL term.'),
    klClamp: z.number().positive().default(10).describe('Bound of the log-ratio in the KL term.'),
    clipLow: z.number().min(0).max(1).default(0.2),
    clipHigh: z.number().nonnegative().default(0.2).describe('Above clipLow it is clip-higher.'),
    normalisation: z
      .enum(['sequence', 'token', 'constant'])
      .default('sequence')
      .describe('Mean per completion (GRPO), per token (DAPO), or by a fixed length (Dr. GRPO).'),
    maxCompletionTokens: z
      .int()
      .positive()
      .optional()
      .describe('The fixed length; needed by, and only by, the normalisation "constant".'),
    old: z
      .enum(['current', 'sampler'])
      .default('current')
      .describe(
        'Log-probabilities under the ratio: the current ones (on-policy) or the sampler’s.',
      ),
  })
  .refine(
    (given) => (given.normalisation === 'constant') === (given.maxCompletionTokens !== undefined),
    {
      path: ['maxCompletionTokens'],
      message: 'set maxCompletionTokens exactly when normalisation is "constant"',
    },
  );

type GrpoOptions = z.infer<typeof options>;

/**
 * GRPO (arXiv 2402.03300): the clipped policy gradient with the k3 estimate of the KL divergence from the start model. The defaults are
 * SpaceR's: β = 0.04, the mean of each completion's mean, one on-policy step a batch (so that nothing is ever clipped).
 *
 * @example { use: 'grpo', clipHigh: 0.28, normalisation: 'token', old: 'sampler' }
 */
export const grpo = definePlugin({
  kind: 'objective',
  name: 'grpo',
  description: 'Group-relative policy optimisation with a KL term against the start model.',
  options,
  create: (settings) => {
    const { clipLow, clipHigh, klWeight, klClamp } = settings;
    return {
      learnsFrom: 'rollouts',
      needsReference: klWeight > 0,
      build: (groups) => ({
        groups: trainingGroups(groups, settings),
        loss: { kind: 'policy-gradient', clipLow, clipHigh, klWeight, klClamp },
      }),
    };
  },
});

function trainingGroups(
  groups: readonly AdvantagedGroup[],
  { klWeight, old, ...settings }: GrpoOptions,
): readonly TrainingGroup[] {
  const lengths = groups.flatMap(({ rollouts }) => rollouts.map(({ tokenIds }) => tokenIds.length));
  const weights = tokenWeights(lengths, normalisationOf(settings))[Symbol.iterator]();
  return groups.map(({ prompt, rollouts, advantages, referenceLogProbs }) => {
    if (klWeight > 0 && referenceLogProbs === undefined) {
      throw new Error('GRPO with a KL weight needs the log-probabilities of the start model.');
    }
    return {
      prompt,
      completions: rollouts.map(({ tokenIds }) => tokenIds),
      targets: rollouts.map(({ tokenIds, logProbs }, index) => ({
        weights: new Float32Array(tokenIds.length).fill(weights.next().value!),
        advantages: new Float32Array(tokenIds.length).fill(advantages[index]!),
        ...(old === 'sampler' && { oldLogProbs: logProbs }),
        ...(klWeight > 0 && { referenceLogProbs: referenceLogProbs![index]! }),
      })),
    };
  });
}

function normalisationOf({
  normalisation,
  maxCompletionTokens,
}: Pick<GrpoOptions, 'normalisation' | 'maxCompletionTokens'>): Normalisation {
  return normalisation === 'constant'
    ? { kind: 'constant', tokens: maxCompletionTokens! }
    : { kind: normalisation };
}
