/** The estimator of a config that names none: GRPO's, and where a reward credits spans of the text, the one that follows them. */
import { z } from 'zod';
import { definePlugin } from '../../../plugin/define-plugin.ts';
import type { RewardedGroup } from '../../../spec/index.ts';
import { normaliseGroup } from './group-normalised.ts';
import { creditSpans } from './span-credit.ts';
import { comparableSums } from './statistics.ts';

/** How whole completions are compared: as GRPO does. */
const WHOLE = { divideByStd: true, precision: 'float64', singleton: 'zero' } as const;

/**
 * `span-credit` in steps in which a reward credits spans of the text, `group-normalised` in all others.
 *
 * @example { use: 'auto' } // beside rewards: [{ use: map, options: { scoring: places, credits: true } }]: span-credit
 */
export const autoAdvantage = definePlugin({
  kind: 'advantage',
  name: 'auto',
  description: 'span-credit where a reward credits spans of the text, else group-normalised.',
  options: z.strictObject({
    epsilon: z.number().positive().default(1e-4).describe('Added to the standard deviation.'),
  }),
  create: ({ epsilon }) => ({
    perToken: 'where-credited',
    estimate: (groups) =>
      groups.some(isCredited)
        ? creditSpans(groups, epsilon)
        : groups.map((group) => ({
            advantages: normaliseGroup(comparableSums(group), { ...WHOLE, epsilon }),
          })),
  }),
});

function isCredited({ contributions }: RewardedGroup): boolean {
  return [...contributions.values()].some(({ credits }) => credits !== undefined);
}
