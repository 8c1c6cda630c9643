/** The documented form of a question: one JSON object a line. docs/data.md describes it, docs/data.schema.json is made from it. */
import { sceneMapSchema } from '@loci/core';
import { z } from 'zod';

/** Name of the file that converters write, and that readers look for in a folder. */
export const RECORDS_FILE = 'questions.jsonl';

/** The newest version of the form; a line without a version is of version 1. */
export const RECORD_VERSION = 1;

const text = z
  .string({ error: 'must be a text' })
  .regex(/\S/u, 'must be a text that is not empty')
  .describe('Text');

const medium = z.union(
  [
    text.describe('Path of a video or an image; its extension decides which'),
    z.strictObject({
      path: text.describe('A relative path starts from the folder of the media'),
      kind: z
        .enum(['video', 'image'])
        .optional()
        .describe('Needed where the extension shows none; an image with `second`'),
      second: z
        .number()
        .nonnegative()
        .optional()
        .describe('Shows one frame of a video as an image: the one at this second'),
    }),
  ],
  { error: 'must be a path, or an object of path, kind (video, image) and second' },
);

const cell = z.int({ error: 'must be a whole number from 0 to 9' }).min(0).max(9);

/** A record in a file. */
export const dataRecord = z.strictObject({
  version: z
    .int({ error: 'must be a whole number' })
    .min(1)
    .max(RECORD_VERSION, `is newer than this release, which reads versions up to ${RECORD_VERSION}`)
    .optional()
    .describe('Version of this form; 1 when left out'),
  id: z
    .union([text, z.int()], { error: 'must be a text or a whole number' })
    .optional()
    .describe('Unique within the file; `line-<number>` when left out'),
  question: text.describe(
    'The question alone; each <video> or <image> in it marks the place of the next medium of its kind',
  ),
  media: z
    .array(medium, { error: 'must be a list of paths' })
    .default([])
    .describe('Videos and images in order: none, one or several; without markers they come first'),
  options: z
    .array(text, { error: 'must be a list of texts' })
    .min(2, 'must have at least two texts')
    .max(26, 'must have at most 26 texts')
    .optional()
    .describe('Choices, with letters (`A. chair`) or without; leave out for other questions'),
  answer: z
    .union([text, z.number()], { error: 'must be a text that is not empty, or a number' })
    .describe('The right letter or the whole option; a number; or a text'),
  type: z
    .enum(['multiple choice', 'numerical', 'OCR', 'free-form', 'regression'], {
      error: 'must be one of multiple choice, numerical, OCR, free-form, regression',
    })
    .optional()
    .describe(
      'How an answer is scored; when left out, multiple choice with options, numerical for a number, else free-form',
    ),
  kind: text
    .optional()
    .describe('A name of yours for the kind of question, `counting`; figures are by kind'),
  split: z
    .enum(['train', 'test'], { error: 'must be train or test' })
    .default('train')
    .describe('Questions of `test` are for evaluation only'),
  map: z
    .record(
      z.string(),
      z
        .array(z.tuple([cell, cell], { error: 'must be a pair [x, y]' }), {
          error: 'must be a list of pairs [x, y]',
        })
        .min(1, 'must name at least one place'),
      { error: 'must be an object of lists of pairs' },
    )
    .optional()
    .describe('The true map of the scene: places on a 10×10 grid by category'),
  sceneMap: sceneMapSchema
    .optional()
    .describe('The true map in another form, in place of `map`: docs/map-formats.md'),
  thinking: text
    .optional()
    .describe('Reasoning that leads to the answer, for supervised training; without tags'),
  meta: z
    .record(z.string(), z.unknown(), { error: 'must be an object' })
    .optional()
    .describe('Data for a reward of yours, which reads it as `sample.meta`'),
});

/** A record with its defaults filled in. */
export type DataRecord = z.output<typeof dataRecord>;

/** A record as it is written. */
export type WrittenRecord = z.input<typeof dataRecord>;

/** JSON schema of one line, made from what the reader accepts. */
export function recordJsonSchema(): Readonly<Record<string, unknown>> {
  return {
    title: 'A question of a data set of Loci, one JSON object a line',
    $comment: 'Made from packages/datasets/src/jsonl/record.ts; do not edit',
    ...z.toJSONSchema(dataRecord, { io: 'input' }),
  };
}
