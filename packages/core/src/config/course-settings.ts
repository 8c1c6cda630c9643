/**
 * Settings of a run's course: which groups a step trains on, what samples are drawn by, and when the run ends. All of them are off when left
 * out; docs/groups.md and docs/ending-a-run.md explain them.
 */
import { z } from 'zod';

/** Keys of the config, each with its zod object. */
export const courseSettings = {
  dynamicSampling: z
    .strictObject({
      attempts: z.int().nonnegative().default(3).describe('further draws in a step at most'),
    })
    .optional()
    .describe('draws other prompts in place of groups whose completions all earn the same (DAPO)'),
  leaveOutTruncated: z
    .boolean()
    .optional()
    .describe('completions that ran into maxNewTokens are neither compared nor trained on'),
  curriculum: z
    .strictObject({
      floor: z
        .number()
        .gt(0)
        .max(1)
        .default(0.1)
        .describe('weight of a sample that is always or never right, beside 1 for one in two'),
    })
    .optional()
    .describe('draws samples by their pass rate in the run so far'),
  stopWhen: z
    .strictObject({
      plateau: z
        .strictObject({
          figure: z.string().min(1).default('answers').describe('of the evaluation'),
          evaluations: z.int().positive().default(3).describe('in a row without a rise'),
          by: z.number().nonnegative().default(0).describe('what does not count as a rise'),
        })
        .optional(),
      collapse: z
        .strictObject({
          figure: z.string().min(1).default('reward/total').describe('of the steps'),
          below: z.number().describe('the bound'),
          steps: z.int().positive().default(10).describe('in a row below it'),
        })
        .optional(),
    })
    .optional()
    .describe('ends the run before its last step'),
} as const;
