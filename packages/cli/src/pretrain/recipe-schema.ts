import { ALL_QUESTION_KINDS, ROOM_GENERATOR } from '@loci/datasets';
import { z } from 'zod';
import { DEFAULT_RECIPE } from './recipe.ts';

const count = z.int().positive();
const phase = z.strictObject({
  steps: count.describe('over which the learning rate rises and falls'),
  until: count.optional().describe('steps after which the phase ends early'),
  batch: count,
  learningRate: z.number().positive(),
});
const share = z.number().min(0).max(1);
const course = z.strictObject({
  generator: z
    .literal(ROOM_GENERATOR, {
      error: ({ input }) =>
        `This recipe needs rooms of generator ${JSON.stringify(input)}, but this version of Loci has generator "${ROOM_GENERATOR}": use a version with the former, or set "${ROOM_GENERATOR}" for other rooms`,
    })
    .describe('version of the room generator'),
  freshRooms: z
    .strictObject({ warmUp: count, supervised: count })
    .describe('rooms to replace after every step'),
  reading: share.describe('share of films that show another room than question and map'),
  drills: share.describe('share of steps without films: worked steps in a row, letters'),
  times: z
    .partialRecord(z.enum(ALL_QUESTION_KINDS), count)
    .optional()
    .describe('how often a kind comes in films and drills, for once of one that is not named'),
  mapless: share
    .optional()
    .describe("share of questions about the room's own film that ask for no map; none if unset"),
  slips: z
    .strictObject({
      cells: share.describe('share of the objects noted one cell away'),
      counts: share.describe('share of the categories counted wrong, by one'),
      lengths: share.describe('greatest relative error of a length'),
    })
    .optional()
    .describe("errors of the demonstrations with the room's own film; none if unset"),
  drilled: phase
    .extend({
      films: share.optional().describe('share of steps with films; none if unset'),
    })
    .optional()
    .describe('drills before the imitation'),
});

const model = z.strictObject({
  model: z.string().min(1).describe('folder of the model'),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'It must be 64 hexadecimal digits')
    .describe('hash of its model.safetensors'),
});
const base = model.extend({
  vision: model.optional().describe('model of the same shape that gives the vision tower'),
});

/** Schema of a recipe file; keys left out have the values of the default recipe. */
export const recipeSchema = z.strictObject({
  architecture: z
    .string()
    .default(DEFAULT_RECIPE.architecture)
    .describe('kind of model: qwen2-5-vl or qwen3-vl'),
  seed: z.int().nonnegative().default(DEFAULT_RECIPE.seed).describe('seed of everything random'),
  rooms: count.default(DEFAULT_RECIPE.rooms).describe('number of rooms to train on'),
  questionsPerRoom: count
    .default(DEFAULT_RECIPE.questionsPerRoom)
    .describe('questions about each room'),
  kinds: z
    .array(z.enum(ALL_QUESTION_KINDS))
    .min(1)
    .default([...DEFAULT_RECIPE.kinds])
    .describe('kinds of questions'),
  warmUp: phase
    .default(DEFAULT_RECIPE.warmUp)
    .describe('pretraining of the vision tower, through a map read-out'),
  supervised: phase
    .default(DEFAULT_RECIPE.supervised)
    .describe('imitation of worked completions by the whole model'),
  base: base.optional().describe('model to start from, without warmUp'),
  course: course.optional().describe('fresh rooms at every step, and lessons in reading maps'),
});
