/**
 * Settings of a run's course: the groups that a step trains on, the draw of samples, and early stops. All of them are off by default;
 * docs/groups.md and docs/ending-a-run.md explain them.
 */
import { z } from 'zod';

/** Keys of the config, each with its zod schema. */
export const courseSettings = {
  dynamicSampling: z
    .strictObject({
      attempts: z.int().nonnegative().default(3).describe('most further draws in a step'),
    })
    .optional()
    .describe('replaces groups whose completions all earn the same by other prompts (DAPO)'),
  leaveOutTruncated: z
    .boolean()
    .optional()
    .describe('neither compares nor trains on completions that ran into maxNewTokens'),
  curriculum: z
    .strictObject({
      floor: z
        .number()
        .gt(0)
        .max(1)
        .default(0.1)
        .describe('weight of a sample that is always or never right; half right has weight 1'),
    })
    .optional()
    .describe('draws samples by their pass rate so far in the run'),
  stopWhen: z
    .strictObject({
      plateau: z
        .strictObject({
          figure: z.string().min(1).default('answers').describe('a figure of the evaluation'),
          evaluations: z.int().positive().default(3).describe('number in a row without a rise'),
          by: z.number().nonnegative().default(0).describe('a rise must be greater than this'),
        })
        .optional(),
      collapse: z
        .strictObject({
          figure: z.string().min(1).default('reward/total').describe('a figure of the steps'),
          below: z.number().describe('the bound'),
          steps: z.int().positive().default(10).describe('number in a row below the bound'),
        })
        .optional(),
    })
    .optional()
    .describe('ends the run before its last step'),
} as const;
