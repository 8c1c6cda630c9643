/**
 * Advantages of RLOO (arXiv 2402.14740): each completion against the mean of the *other* completions of its group, so that the baseline
 * does not depend on what it is subtracted from. With n completions scored this is
 *
 *     A = r − mean of the others = n / (n − 1) · (r − mean of the group)
 *
 * Nothing is divided by a deviation: the size of an advantage is that of the rewards.
 */
import { z } from 'zod';
import { definePlugin } from '../../../plugin/define-plugin.ts';
import { centered, comparableSums, scoredOf } from './statistics.ts';

/** The advantages of one group. A completion gets 0 when no other one of its group has a reward. */
export function leaveOneOut(rewards: Float64Array): Float64Array {
  const count = scoredOf(rewards).length;
  return centered(rewards).map((distance) => (count < 2 ? 0 : (distance * count) / (count - 1)));
}

/**
 * Rewards relative to the other completions of their group.
 *
 * @example { use: 'rloo' }
 */
export const rloo = definePlugin({
  kind: 'advantage',
  name: 'rloo',
  description: 'Rewards relative to the mean of the other completions of their group (RLOO).',
  options: z.strictObject({}),
  create: () => ({
    estimate: (groups) =>
      groups.map((group) => ({ advantages: leaveOneOut(comparableSums(group)) })),
  }),
});
