import { ALL_QUESTION_KINDS, ROOM_GENERATOR } from '@loci/datasets';
import { z } from 'zod';
import { DEFAULT_RECIPE } from './recipe.ts';

const count = z.int().positive();
const phase = z.strictObject({ steps: count, batch: count, learningRate: z.number().positive() });
const share = z.number().min(0).max(1);
const course = z.strictObject({
  generator: z
    .literal(ROOM_GENERATOR, {
      error: ({ input }) =>
        `This recipe wants the rooms of generator ${JSON.stringify(input)}, and this version of Loci draws those of "${ROOM_GENERATOR}": use a version that draws them, or name "${ROOM_GENERATOR}" for other rooms`,
    })
    .describe('version of the generator of rooms'),
  freshRooms: z
    .strictObject({ warmUp: count, supervised: count })
    .describe('rooms renewed after every step'),
  reading: share.describe('share of films that show another room than question and map'),
  drills: share.describe('share of steps without films: worked steps in a row, letters'),
  drilled: phase
    .extend({
      films: share.optional().describe('share of the steps that hold films; none if unset'),
    })
    .optional()
    .describe('drills before the imitation'),
});

const base = z.strictObject({
  model: z.string().min(1).describe('its folder'),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'It must be 64 hexadecimal digits')
    .describe('of its model.safetensors'),
});

/** What a recipe file may hold: the keys of `recipe.json` that differ from the recipe of the bundled model. */
export const recipeSchema = z.strictObject({
  architecture: z
    .string()
    .default(DEFAULT_RECIPE.architecture)
    .describe('kind of model: qwen2-5-vl or qwen3-vl'),
  seed: z.int().nonnegative().default(DEFAULT_RECIPE.seed).describe('of everything random'),
  rooms: count.default(DEFAULT_RECIPE.rooms).describe('rooms to learn from'),
  questionsPerRoom: count.default(DEFAULT_RECIPE.questionsPerRoom).describe('asked of each room'),
  kinds: z
    .array(z.enum(ALL_QUESTION_KINDS))
    .min(1)
    .default([...DEFAULT_RECIPE.kinds])
    .describe('kinds of questions'),
  warmUp: phase.default(DEFAULT_RECIPE.warmUp).describe('the vision tower, by reading maps off it'),
  supervised: phase
    .default(DEFAULT_RECIPE.supervised)
    .describe('the whole model, on worked completions'),
  base: base.optional().describe('model to go on from, without a warm-up'),
  course: course.optional().describe('fresh rooms at every step, and lessons in reading maps'),
});
