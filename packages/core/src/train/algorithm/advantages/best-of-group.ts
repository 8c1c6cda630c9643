/**
 * Weights of rejection-sampling fine-tuning (RFT, arXiv 2308.01825; RAFT, arXiv 2304.06767): the best of a policy's own completions are
 * imitated, the others are thrown away. The weight of a kept completion is 1, that of the others 0. With one update a batch and no KL
 * the ratio is 1, so a clipped surrogate with these weights has the gradient of imitating what is kept,
 *
 *     −1/ΣL Σ_{kept} Σ_t ∇ log π
 *
 * Unlike advantages, weights do not sum to 0 within a group: a group whose completions are all equally good is imitated too.
 */
import { z } from 'zod';
import { definePlugin } from '../../../plugin/define-plugin.ts';
import { comparableSums } from './statistics.ts';

/** Which completions are kept. */
export interface Selection {
  /** Most completions of a group that are kept. */
  readonly keep: number;
  /** Only completions whose rewards sum to at least this. */
  readonly atLeast: number;
}

/**
 * Weights of one group. Among equally good completions the first ones are kept.
 *
 * @param rewards NaN where every reward abstained; such a completion is never kept.
 */
export function keepBest(rewards: Float64Array, { keep, atLeast }: Selection): Float64Array {
  const kept = Array.from(rewards, (reward, index) => ({ reward, index }))
    .filter(({ reward }) => reward >= atLeast)
    .sort((a, b) => b.reward - a.reward || a.index - b.index)
    .slice(0, keep);
  const weights = new Float64Array(rewards.length);
  for (const { index } of kept) weights[index] = 1;
  return weights;
}

/**
 * Rejection sampling: imitates the best completions of each group.
 *
 * @example
 * advantage: { use: best-of-group, keep: 1, atLeast: 1.5 }
 * objective: { use: bnpo, klWeight: 0 }
 */
export const bestOfGroup = definePlugin({
  kind: 'advantage',
  name: 'best-of-group',
  description:
    'Weight 1 for the best completions of each group, 0 for the others (rejection sampling).',
  options: z.strictObject({
    keep: z.int().positive().default(1).describe('Most completions of a group that are imitated'),
    atLeast: z
      .number()
      .describe(
        'Least sum of rewards that a completion needs to be imitated; a bad group then gives none',
      ),
  }),
  create: (selection) => ({
    estimate: (groups) =>
      groups.map((group) => ({ advantages: keepBest(comparableSums(group), selection) })),
  }),
});
