/** The options of the map reward, and their valid combinations. */
import { MAP_SYMMETRIES } from '@loci/core';
import { z } from 'zod';
import { compatOption } from './compat-option.ts';

/** The scores that are corrected for chance. */
const CORRECTED = ['calibrated', 'places'] as const;

/** Options that only some ways of scoring take. */
const TAKEN_BY: Readonly<Record<string, readonly string[]>> = {
  surplusWeight: ['reference'],
  symmetries: CORRECTED,
  reach: CORRECTED,
  credits: CORRECTED,
  inventedCost: ['places'],
};

/** The options of the map reward in a config. */
export const mapOptions = z
  .strictObject({
    compat: compatOption,
    scoring: z
      .enum(['reference', ...CORRECTED])
      .default('reference')
      .describe(
        'The score: SpaceR’s, which depends mostly on counts; or one that is 0 for a blind guess and 1 for the true map: `calibrated`, a soft F1, or `places`, which never pays for leaving an object out.',
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
        'Whether a map that scores 0 cancels the reward of a right answer (answer-correct only). By default true with `scoring: reference`, false with the others.',
      ),
    credits: z
      .boolean()
      .default(false)
      .describe(
        'Credits the entry of each category with its own worth, for `advantage: { use: span-credit }`.',
      ),
    power: z.number().positive().default(1).describe('Raises the score to this power.'),
    clip: z.boolean().default(false).describe('Moves points beyond the grid to its edge.'),
    surplusWeight: z
      .number()
      .nonnegative()
      .optional()
      .describe(
        'Cost of an instance of a category that the room does not have, in true instances; 0 by default (`scoring: reference` only; the others always count them).',
      ),
    symmetries: z
      .enum(['question', ...MAP_SYMMETRIES])
      .optional()
      .describe(
        'Turned or mirrored maps that count as the same; by default `question`: those that do not change its answer (not with `scoring: reference`).',
      ),
    reach: z
      .number()
      .positive()
      .optional()
      .describe(
        'Distance in cells at which a match is worth a ninth; 4 by default (not with `scoring: reference`).',
      ),
    inventedCost: z
      .number()
      .nonnegative()
      .optional()
      .describe(
        'Cost of an instance that the room does not have, in what a blind guess earns; 1 by default (`scoring: places` only).',
      ),
  })
  .superRefine((options, context) => {
    for (const [key, scorings] of Object.entries(TAKEN_BY)) {
      const given = options[key as keyof typeof options];
      if (given === undefined || given === false || scorings.includes(options.scoring)) continue;
      context.addIssue({
        code: 'custom',
        path: [key],
        message: `belongs to \`scoring: ${scorings.join(' | ')}\`, but the scoring here is ${options.scoring}; leave ${key} out, or change scoring`,
      });
    }
    if (options.compat === 'spacer' && options.scoring !== 'reference') {
      context.addIssue({
        code: 'custom',
        path: ['scoring'],
        message: `SpaceR has no score called ${options.scoring}; leave out \`compat: spacer\` or \`scoring\``,
      });
    }
  });

/** Parsed options of the map reward. */
export type MapOptions = z.infer<typeof mapOptions>;

/** Whether a map that scores 0 cancels the reward of a right answer: the default of SG-RLVR's score only. */
export function takesAnswer({ when, penalty, scoring }: MapOptions): boolean {
  return when === 'answer-correct' && (penalty ?? scoring === 'reference');
}
