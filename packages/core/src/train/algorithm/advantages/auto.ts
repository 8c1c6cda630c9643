/** The estimator of a config that names none: GRPO's, and where a reward credits spans of the text, the one that follows them. */
import { z } from 'zod';
import { definePlugin } from '../../../plugin/define-plugin.ts';
import type { RewardedGroup } from '../../../spec/index.ts';
import { normaliseGroup } from './group-normalised.ts';
import { creditSpans } from './span-credit.ts';
import { comparableSums } from './statistics.ts';

const EPSILON = 1e-4;
const WHOLE = { divideByStd: true, epsilon: EPSILON, precision: 'float64', singleton: 'zero' } as const; // prettier-ignore

/**
 * `span-credit` in steps in which a reward credits spans of the text, `group-normalised` in all others, each with its default options.
 *
 * @example { use: 'auto' } // beside rewards: [{ use: map, options: { scoring: places, credits: true } }]: span-credit
 */
export const autoAdvantage = definePlugin({
  kind: 'advantage',
  name: 'auto',
  description: 'span-credit where a reward credits spans of the text, else group-normalised.',
  options: z.strictObject({}),
  create: () => ({
    perToken: 'where-credited',
    estimate: (groups) =>
      groups.some(isCredited)
        ? creditSpans(groups, EPSILON)
        : groups.map((group) => ({ advantages: normaliseGroup(comparableSums(group), WHOLE) })),
  }),
});

function isCredited({ contributions }: RewardedGroup): boolean {
  return [...contributions.values()].some(({ credits }) => credits !== undefined);
}
