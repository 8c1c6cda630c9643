/** The options of the map reward, and their valid combinations. */
import { MAP_SYMMETRIES } from '@loci/core';
import { z } from 'zod';
import { compatOption } from './compat-option.ts';

/** Options that only one way of scoring takes. */
const TAKEN_BY = {
  surplusWeight: 'reference',
  symmetries: 'calibrated',
  reach: 'calibrated',
} as const;

/** The options of the map reward in a config. */
export const mapOptions = z
  .strictObject({
    compat: compatOption,
    scoring: z
      .enum(['reference', 'calibrated'])
      .default('reference')
      .describe(
        'The score: SpaceR’s, which depends mostly on counts; or `calibrated`, 0 for a blind guess and 1 for the true map.',
      ),
    when: z
      .enum(['answer-correct', 'always'])
      .default('answer-correct')
      .describe(
        'SpaceR adds the map score to right answers only; `always` adds it to every completion.',
      ),
    penalty: z
      .boolean()
      .optional()
      .describe(
        'Whether a map that scores 0 cancels the reward of a right answer (answer-correct only). By default true with `scoring: reference`, false with `calibrated`.',
      ),
    power: z.number().positive().default(1).describe('Raises the score to this power.'),
    clip: z.boolean().default(false).describe('Moves points beyond the grid to its edge.'),
    surplusWeight: z
      .number()
      .nonnegative()
      .optional()
      .describe(
        'Cost of an instance of a category that the room does not have, in true instances; 0 by default (`scoring: reference` only; `calibrated` always counts them).',
      ),
    symmetries: z
      .enum(['question', ...MAP_SYMMETRIES])
      .optional()
      .describe(
        'Turned or mirrored maps that count as the same; by default `question`: those that do not change its answer (`scoring: calibrated` only).',
      ),
    reach: z
      .number()
      .positive()
      .optional()
      .describe(
        'Distance in cells at which a match is worth a ninth; 4 by default (`scoring: calibrated` only).',
      ),
  })
  .superRefine((options, context) => {
    for (const [key, scoring] of Object.entries(TAKEN_BY)) {
      if (options[key as keyof typeof TAKEN_BY] === undefined || options.scoring === scoring)
        continue;
      context.addIssue({
        code: 'custom',
        path: [key],
        message: `belongs to \`scoring: ${scoring}\`, but the scoring here is ${options.scoring}; leave ${key} out, or change scoring`,
      });
    }
    if (options.compat === 'spacer' && options.scoring === 'calibrated') {
      context.addIssue({
        code: 'custom',
        path: ['scoring'],
        message: 'SpaceR has no calibrated score; leave out `compat: spacer` or `scoring`',
      });
    }
  });

/** Parsed options of the map reward. */
export type MapOptions = z.infer<typeof mapOptions>;

/** Whether a map that scores 0 cancels the reward of a right answer: the default of SG-RLVR's score only. */
export function takesAnswer({ when, penalty, scoring }: MapOptions): boolean {
  return when === 'answer-correct' && (penalty ?? scoring === 'reference');
}
