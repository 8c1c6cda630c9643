import { z } from 'zod';
import { definePlugin } from '../../../plugin/define-plugin.ts';
import type { Aggregation } from './parts/aggregation.ts';
import { policyObjective } from './parts/policy-objective.ts';
import { clipOptions, policyOptions } from './parts/policy-options.ts';
import { clippedSurrogate } from './parts/surrogate.ts';

const options = z.preprocess(
  renameNormalisation,
  z
    .strictObject({
      ...policyOptions({ klWeight: 0.04 }),
      ...clipOptions({ low: 0.2, high: 0.2 }),
      aggregation: z
        .enum(['completion', 'token', 'constant'])
        .default('completion')
        .describe('Mean per completion (GRPO), per token (DAPO), or by a fixed length (Dr. GRPO).'),
      maxCompletionTokens: z
        .int()
        .positive()
        .optional()
        .describe('The fixed length; needed by, and only by, the aggregation "constant".'),
    })
    .refine(
      (given) => (given.aggregation === 'constant') === (given.maxCompletionTokens !== undefined),
      {
        path: ['maxCompletionTokens'],
        message: 'set maxCompletionTokens exactly when aggregation is "constant"',
      },
    ),
);

/**
 * GRPO (arXiv 2402.03300, equation 3): the clipped surrogate with the k3 estimate of the KL divergence from the start model,
 *
 *     1/B Σ_i 1/L_i Σ_t [ −min(ρ A, clip(ρ, 1 − clipLow, 1 + clipHigh) A) + β KL ]
 *
 * The defaults are SpaceR's: β = 0.04, and the mean of each completion's mean. With one update a batch the ratio is 1 and nothing is
 * clipped.
 *
 * @example { use: 'grpo', clipHigh: 0.28, aggregation: 'token' }
 */
export const grpo = definePlugin({
  kind: 'objective',
  name: 'grpo',
  description: 'Group-relative policy optimization with a KL term against the start model.',
  options,
  create: (settings) =>
    policyObjective({
      settings,
      clip: settings,
      surrogate: clippedSurrogate(settings),
      aggregation: aggregationOf(settings),
    }),
});

function aggregationOf({
  aggregation,
  maxCompletionTokens,
}: Pick<z.output<typeof options>, 'aggregation' | 'maxCompletionTokens'>): Aggregation {
  return aggregation === 'constant'
    ? { kind: 'constant', tokens: maxCompletionTokens! }
    : { kind: aggregation };
}

/** Reads configs of earlier releases, which called the aggregation `normalisation` and its value `completion` `sequence`. */
function renameNormalisation(given: unknown): unknown {
  if (typeof given !== 'object' || given === null || !('normalisation' in given)) return given;
  const { normalisation, ...rest } = given;
  const aggregation = normalisation === 'sequence' ? 'completion' : normalisation;
  return 'aggregation' in rest && rest.aggregation !== aggregation
    ? given
    : { ...rest, aggregation };
}
