/**
 * Advantages against the mean of the group, in units of the whole step (arXiv 2508.08221, TRL's `scale_rewards: batch`):
 *
 *     A = (r − mean of the group) / (std of r over the step + ε)
 *
 * Dividing by the group's own deviation would give a group with one right completion of eight larger advantages than one with four.
 * Dividing by the deviation of the step does not.
 */
import { z } from 'zod';
import { definePlugin } from '../../../plugin/define-plugin.ts';
import type { RewardedGroup } from '../../../spec/index.ts';
import { batchDivisor, centered, comparableSums } from './statistics.ts';

/** The advantages of all groups of a step. Groups of one, and groups of equal rewards, get 0. */
export function scaleByBatch(
  groups: readonly RewardedGroup[],
  epsilon: number,
): readonly Float64Array[] {
  const sums = groups.map(comparableSums);
  const divisor = batchDivisor(groups, sums, epsilon);
  return sums.map((rewards) => centered(rewards).map((distance) => distance / divisor));
}

/**
 * Rewards relative to their group, all groups of the step on one scale.
 *
 * @example { use: 'batch-scaled' }
 */
export const batchScaled = definePlugin({
  kind: 'advantage',
  name: 'batch-scaled',
  description: 'Rewards relative to the mean of their group, divided by the deviation of the step.',
  options: z.strictObject({
    epsilon: z.number().positive().default(1e-4).describe('Added to the standard deviation.'),
  }),
  create: ({ epsilon }) => ({
    estimate: (groups) => scaleByBatch(groups, epsilon).map((advantages) => ({ advantages })),
  }),
});
