/** Checks the parameters of requests. Errors name the parameter. */
import { z } from 'zod';
import { HttpProblem } from './http-problem.ts';

const words = z.string().max(400);
const number = z
  .string()
  .regex(/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/iu)
  .transform(Number);
const count = z
  .string()
  .regex(/^\d{1,9}$/u)
  .transform(Number);

/** Filter and page of rollouts. */
export const rolloutQuery = z.object({
  kind: words.optional(),
  fromStep: number.optional(),
  toStep: number.optional(),
  minReward: number.optional(),
  maxReward: number.optional(),
  part: words.optional(),
  minPart: number.optional(),
  maxPart: number.optional(),
  text: words.optional(),
  state: z.enum(['trained', 'left-out', 'failed', 'looks']).optional(),
  sort: z.enum(['step', 'reward', 'advantage', 'tokens', 'part']).optional(),
  descending: z.literal('1').optional(),
  offset: count.default(0),
  limit: count.default(50),
});

/** Filter and page of items of an evaluation. */
export const itemQuery = z.object({
  key: words,
  scorer: words.optional(),
  condition: words.optional(),
  task: words.optional(),
  text: words.optional(),
  outcome: z.enum(['wrong', 'right', 'silent']).optional(),
  offset: count.default(0),
  limit: count.default(25),
});

/** Two evaluations, each a run and a key. */
export const comparisonQuery = z.object({
  first: words,
  firstKey: words,
  second: words,
  secondKey: words,
  scorer: words.optional(),
});

/** Two runs. */
export const configsQuery = z.object({ first: words, second: words });

/** The index of the first record to send. */
export const metricsQuery = z.object({ after: count.default(0) });

/** Most rows of a page. */
export const MOST_ROWS = 200;

/** @throws HttpProblem 400 naming the parameter. */
export function parsedQuery<Query>(schema: z.ZodType<Query>, query: unknown): Query {
  const parsed = schema.safeParse(query);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new HttpProblem(
    400,
    'query-invalid',
    `The parameter ${issue?.path.join('.') ?? ''} is wrong: ${issue?.message ?? ''}`,
  );
}
