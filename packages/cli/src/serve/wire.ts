/** Schemas of request bodies, and conversion of their samples. */
import { MOST_MAP_POINTS, OLD_LOOK, OLD_LOOK_KEY, sceneMapSchema } from '@loci/core';
import type { LookName, Sample } from '@loci/core';
import { z } from 'zod';

const PROBLEM_TYPES = ['multiple choice', 'numerical', 'OCR', 'free-form', 'regression'] as const;

const cell = z.tuple([z.number(), z.number()]);

/** A map. Its points are counted before the cells are checked, so that a huge map takes no time. */
const map = z.preprocess(
  (value, context) => {
    const points = pointsIn(value);
    if (points <= MOST_MAP_POINTS) return value;
    context.addIssue({
      code: 'custom',
      message: `${points} points are too many: a map may have ${MOST_MAP_POINTS}`,
    });
    return z.NEVER;
  },
  z.record(z.string(), z.array(cell)),
);

const wireMedium = z.strictObject({
  kind: z.enum(['video', 'image']),
  path: z.string(),
  second: z.number().nonnegative().optional(),
});

/**
 * The facts of a sample that rewards use. Solution and problem type are required; rewards may need others. An unknown key is an error,
 * because a map under a misspelled key would be lost unnoticed.
 */
export const wireSample = z.strictObject({
  id: z.string().optional(),
  problem: z.string().default(''),
  options: z.array(z.string()).default([]),
  problemType: z.enum(PROBLEM_TYPES),
  solution: z.string(),
  /** Earlier versions sent one medium instead of a list. */
  media: z.preprocess(
    (value) => (typeof value === 'object' && !Array.isArray(value) ? [value] : value),
    z.array(wireMedium).default([{ kind: 'video', path: '' }]),
  ),
  source: z.string().default(''),
  questionKind: z.string().optional(),
  map: map.optional(),
  sceneMap: sceneMapSchema.optional(),
  meta: z.record(z.string(), z.unknown()).optional(),
});

/** A completion as the plain contract sends it. */
export const wireCompletion = z.strictObject({
  text: z.string(),
  /** Tokens, end token included; rewards that need it fail without it. */
  tokenCount: z.int().positive().optional(),
  finishReason: z.enum(['stop', 'length']).default('stop'),
});

/** Body of `POST /score`. */
export const scoreBody = z.strictObject({
  items: z.array(
    z.strictObject({
      sample: wireSample,
      completions: z.array(wireCompletion),
      /** Text with which the prompt begins the answer, such as `<think>`; rewards read it before every text of the item. */
      opened: z.string().optional(),
      /** Completions of the same prompt under other looks, by the names that the rewards declare. */
      looks: z.record(z.string(), z.array(wireCompletion)).optional(),
      /** The only look in earlier versions. */
      [OLD_LOOK_KEY]: z.array(wireCompletion).optional(),
    }),
  ),
  /** Step of the training, from 1, for weights that change. */
  step: z.int().positive().optional(),
});

/** The error of a missing list, or of a value that is not a list. */
function listOf(what: string): { error: (issue: { input?: unknown }) => string } {
  return {
    error: ({ input }) =>
      input === undefined || input === null
        ? `missing; send a list of ${what}`
        : `not a list; send a list of ${what}`,
  };
}

/** Body of `POST /` and `POST /get_reward`, as OpenRLHF sends it. */
export const openRlhfBody = z
  .object({
    query: z.array(z.string(), listOf('the texts, each a prompt with its completion')),
    prompts: z.array(z.string(), listOf('the prompt of each query')),
    /** A sample as JSON text, or as an object. Any other value is an error of its item, not of the request. */
    labels: z.array(
      z.unknown(),
      listOf(
        'the sample of each query as JSON text, which OpenRLHF sends when --data.label_key names its column',
      ),
    ),
  })
  .refine(
    ({ query, prompts, labels }) =>
      query.length === prompts.length && query.length === labels.length,
    {
      error: ({ input }) => {
        const { query, prompts, labels } = input as Readonly<Record<string, readonly unknown[]>>;
        return `query, prompts and labels must have the same length, but have ${query?.length}, ${prompts?.length} and ${labels?.length}`;
      },
    },
  );

const NO_LOOKS: ReadonlyMap<LookName, readonly WireCompletion[]> = new Map();

/** The completions of an item under looks, in the present or the earlier form. */
export function looksOfItem(
  item: z.output<typeof scoreBody>['items'][number],
): ReadonlyMap<LookName, readonly WireCompletion[]> {
  const old = item[OLD_LOOK_KEY];
  if (old === undefined && item.looks === undefined) return NO_LOOKS;
  return new Map([
    ...(old === undefined ? [] : [[OLD_LOOK, old] as const]),
    ...Object.entries(item.looks ?? {}),
  ]);
}

/** A sample in a request. */
export type WireSample = z.output<typeof wireSample>;

/** A completion in a request. */
export type WireCompletion = z.output<typeof wireCompletion>;

/** The sample of a request; without an id, it is named by its place. */
export function asSample(wire: WireSample, place: string): Sample {
  const { questionKind, map, sceneMap, meta, id = place, ...facts } = wire;
  return {
    id,
    ...facts,
    ...(questionKind !== undefined && { questionKind }),
    ...(map !== undefined && { map }),
    ...(sceneMap !== undefined && { sceneMap }),
    ...(meta !== undefined && { meta }),
  };
}

function pointsIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce<number>(
    (points, cells) => points + (Array.isArray(cells) ? cells.length : 0),
    0,
  );
}
