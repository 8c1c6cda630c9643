/** Thresholds of the alerts of a run; docs/alerts.md explains each of them. */
import { z } from 'zod';

/** A threshold, or false to switch the alert off. */
function threshold(bound: z.ZodNumber, usual: number) {
  return z.union([bound, z.literal(false)]).default(usual);
}

const share = z.number().gt(0).max(1);

/** zod object of the key `alerts`. */
export const alertSettings = z.strictObject({
  window: z
    .int()
    .positive()
    .default(20)
    .describe('steps of a mean; the first window is the start that later ones are compared with'),
  maxRewardShare: threshold(share, 0.8).describe(
    'greatest share of one reward in the total, unless it was as great at the start; false, here and below: no such alert',
  ),
  minRewardSpread: threshold(share, 0.25).describe(
    'least spread of the rewards, as a share of that at the start',
  ),
  maxLengthRatio: threshold(z.number().gt(1), 2).describe(
    'greatest factor by which completions become longer or shorter than at the start',
  ),
  maxKl: threshold(z.number().positive(), 0.5).describe(
    'greatest KL to the start model, in nats a token',
  ),
  maxGap: threshold(z.number().positive(), 0.05).describe(
    'greatest mean difference of log-probabilities between sampler and trainer, in nats a token',
  ),
  maxIdleGroups: threshold(share, 0.8).describe('greatest share of groups that teach nothing'),
  maxFailedGroups: threshold(share, 0.05).describe(
    'greatest share of groups that lost a reward to a failure',
  ),
});

/** The thresholds, complete. */
export type AlertSettings = z.output<typeof alertSettings>;

/** The thresholds of a run that sets none. */
export const DEFAULT_ALERTS: AlertSettings = alertSettings.parse({});
