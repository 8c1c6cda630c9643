/**
 * Advantages of REINFORCE++ with the group's baseline (arXiv 2501.03262):
 *
 *     A' = r − mean of the group
 *     A  = A' / (std of A' over the step + ε)
 *
 * `batch-scaled` divides by the deviation of r, this estimator by that of A'. So a step that mixes easy and hard prompts does not get
 * smaller advantages. The paper also subtracts the mean of A' over the step. Every group's A' sums to 0, so that mean is 0. Leaving it
 * out keeps groups that teach nothing at exactly 0.
 */
import { z } from 'zod';
import { definePlugin } from '../../../plugin/define-plugin.ts';
import type { RewardedGroup } from '../../../spec/index.ts';
import { batchDivisor, centered, comparableSums } from './statistics.ts';

/** The advantages of all groups of a step. Groups of one, and groups of equal rewards, get 0. */
export function normaliseDistances(
  groups: readonly RewardedGroup[],
  epsilon: number,
): readonly Float64Array[] {
  const distances = groups.map((group) => centered(comparableSums(group)));
  const divisor = batchDivisor(groups, distances, epsilon);
  return distances.map((row) => row.map((distance) => distance / divisor));
}

/**
 * Rewards relative to their group, brought to the same spread in every step.
 *
 * @example { use: 'reinforce-plus-plus' }
 */
export const reinforcePlusPlus = definePlugin({
  kind: 'advantage',
  name: 'reinforce-plus-plus',
  description: 'Rewards minus the mean of their group, normalized over the step (REINFORCE++).',
  options: z.strictObject({
    epsilon: z.number().positive().default(1e-4).describe('Added to the standard deviation.'),
  }),
  create: ({ epsilon }) => ({
    estimate: (groups) => normaliseDistances(groups, epsilon).map((advantages) => ({ advantages })),
  }),
});
