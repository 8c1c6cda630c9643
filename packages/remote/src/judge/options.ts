/** The options of the reward `judge`. */
import { z } from 'zod';
import { serverAskingShape, serverPlaceShape } from '../server-options.ts';
import { STRUCTURES } from './structured.ts';
import { templateFault } from './template.ts';
import { DEFAULT_SCHEMA, verdictReader } from './verdict-schema.ts';

const count = z.int().positive();

/** The judge's question, the form of its verdict, and its limits. */
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
      .describe('text for the judge, with {question}, {options}, {truth}, {completion}, {answer}'),
    templateFile: z.string().min(1).optional().describe('file that holds the template'),
    schema: z
      .record(z.string(), z.unknown())
      .default(DEFAULT_SCHEMA)
      .describe('JSON schema of the verdict; default: a reason, and a score from 0 to 10'),
    valueKey: z
      .string()
      .min(1)
      .default('score')
      .describe('number or boolean of the verdict that becomes the reward, scaled to 0…1'),
    structured: z
      .enum(['auto', ...STRUCTURES])
      .default('auto')
      .describe('how the server enforces the schema; auto: as strictly as it can'),
    showMedia: z.boolean().default(false).describe('show the judge the videos and images as well'),
    maxNewTokens: count.default(512).describe('token limit of a verdict'),
    completionCharacters: count
      .default(12_000)
      .describe('characters of a completion for the judge; a longer one loses its middle'),
    budget: z
      .number()
      .positive()
      .optional()
      .describe('money for the whole run, in the currency of prices; beyond it the judge abstains'),
    patienceSeconds: z
      .number()
      .positive()
      .default(600)
      .describe(
        'time for one verdict, waiting for its turn included; beyond it the judge abstains',
      ),
    ...serverAskingShape,
  })
  .superRefine(({ schema, valueKey, template, templateFile, budget, prices }, context) => {
    const complain = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [path], message });
    const reader = verdictReader(schema, valueKey);
    if (typeof reader === 'string') complain('schema', reader);
    if (template !== undefined && templateFile !== undefined) {
      complain('templateFile', 'excludes template: set one of them');
    }
    if (budget !== undefined && prices === undefined) {
      complain('budget', 'needs prices: { prompt: …, completion: … }, each for a million tokens');
    }
  });

/** Parsed options. */
export type JudgeOptions = z.output<typeof judgeOptions>;
