/** Thresholds of the alerts of a run; docs/alerts.md explains each of them. */
import { z } from 'zod';

/** A threshold, or false for an alert that is never raised. */
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
    .describe(
      'steps that a mean is taken over; the first so many are what later ones are compared with',
    ),
  maxRewardShare: threshold(share, 0.8).describe(
    'of one reward in the total, where it was less at the start; false: no such alert, here and below',
  ),
  minRewardSpread: threshold(share, 0.25).describe(
    'spread of the rewards, as a share of that at the start',
  ),
  maxLengthRatio: threshold(z.number().gt(1), 2).describe(
    'completions so many times as long, or as short, as at the start',
  ),
  maxKl: threshold(z.number().positive(), 0.5).describe('KL to the start model, nats a token'),
  maxGap: threshold(z.number().positive(), 0.05).describe(
    'mean difference of log-probabilities between sampler and trainer, nats a token',
  ),
  maxIdleGroups: threshold(share, 0.8).describe('share of the groups that teach nothing'),
  maxFailedGroups: threshold(share, 0.05).describe('share of the groups that lost a reward'),
});

/** The thresholds, complete. */
export type AlertSettings = z.output<typeof alertSettings>;

/** The thresholds of a run that sets none. */
export const DEFAULT_ALERTS: AlertSettings = alertSettings.parse({});
