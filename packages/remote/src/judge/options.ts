/** The options of the reward `judge`. */
import { z } from 'zod';
import { serverAskingShape, serverPlaceShape } from '../server-options.ts';
import { STRUCTURES } from './structured.ts';
import { templateFault } from './template.ts';
import { DEFAULT_SCHEMA, verdictReader } from './verdict-schema.ts';

const count = z.int().positive();

/** What a judge is asked, how its verdict is read, and what it may cost. */
export const judgeOptions = z
  .strictObject({
    ...serverPlaceShape,
    template: z
      .string()
      .superRefine((template, context) => {
        const fault = templateFault(template);
        if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
      })
      .optional()
      .describe('what is asked, with {question}, {options}, {truth}, {completion}, {answer}'),
    templateFile: z.string().min(1).optional().describe('file with the template, instead'),
    schema: z
      .record(z.string(), z.unknown())
      .default(DEFAULT_SCHEMA)
      .describe('JSON schema of the verdict, an object; default: reason, and score from 0 to 10'),
    valueKey: z
      .string()
      .min(1)
      .default('score')
      .describe('number or boolean of the verdict that is the value, scaled to 0…1'),
    structured: z
      .enum(['auto', ...STRUCTURES])
      .default('auto')
      .describe('how the server is held to the schema; auto: as strictly as it can'),
    showMedia: z.boolean().default(false).describe('the judge sees the videos and images as well'),
    maxNewTokens: count.default(512).describe('of a verdict'),
    completionCharacters: count
      .default(12_000)
      .describe('of a completion that the judge sees; the middle of a longer one is left out'),
    budget: z
      .number()
      .positive()
      .optional()
      .describe('money for the whole run, in the currency of prices; then the judge abstains'),
    patienceSeconds: z
      .number()
      .positive()
      .default(600)
      .describe('for one verdict, waiting for its turn included; then the judge abstains'),
    ...serverAskingShape,
  })
  .superRefine(({ schema, valueKey, template, templateFile, budget, prices }, context) => {
    const complain = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [path], message });
    const reader = verdictReader(schema, valueKey);
    if (typeof reader === 'string') complain('schema', reader);
    if (template !== undefined && templateFile !== undefined) {
      complain('templateFile', 'and template say the same: give one of them');
    }
    if (budget !== undefined && prices === undefined) {
      complain('budget', 'needs prices: { prompt: …, completion: … }, each of a million tokens');
    }
  });

/** Parsed options. */
export type JudgeOptions = z.output<typeof judgeOptions>;
