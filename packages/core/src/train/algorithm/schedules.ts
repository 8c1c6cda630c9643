/** Factors of the learning rate over a run. */
import { z } from 'zod';
import { definePlugin } from '../../plugin/define-plugin.ts';

const warmupSteps = z
  .int()
  .nonnegative()
  .default(0)
  .describe('Steps over which the rate rises in a straight line.');

/** 1 throughout, after the warm-up. */
export const constant = definePlugin({
  kind: 'schedule',
  name: 'constant',
  description: 'The same learning rate throughout, after an optional warm-up.',
  options: z.strictObject({ warmupSteps }),
  create: (options) => ({ factor: (step) => warmup(step, options.warmupSteps) }),
});

/** From 1 down to `floor` along half a cosine, after the warm-up. The last step still has a rate above `floor`. */
export const cosine = definePlugin({
  kind: 'schedule',
  name: 'cosine',
  description: 'The learning rate falls along half a cosine, after an optional warm-up.',
  options: z.strictObject({
    warmupSteps,
    floor: z.number().min(0).max(1).default(0).describe('Factor that the rate falls to.'),
  }),
  create: (options) => ({
    factor: (step, totalSteps) => {
      if (step < options.warmupSteps) return warmup(step, options.warmupSteps);
      const span = Math.max(1, totalSteps - options.warmupSteps);
      const progress = Math.min(1, (step - options.warmupSteps) / span);
      return options.floor + ((1 - options.floor) * (1 + Math.cos(Math.PI * progress))) / 2;
    },
  }),
});

/** Steps count from 0; the first has a rate above 0, and the one after the warm-up has the full rate. */
function warmup(step: number, steps: number): number {
  return Math.min(1, (step + 1) / (steps + 1));
}
