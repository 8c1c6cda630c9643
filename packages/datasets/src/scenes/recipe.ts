/** The recipe of questions about annotated scenes. */
import { z } from 'zod';
import { QUESTION_KINDS } from '../rooms/questions/all.ts';
import { SPATIAL_KINDS, type SpatialKind } from './spatial-kinds.ts';

const share = z.number().min(0).max(1);
const meters = z.number().nonnegative();
const degrees = z.number().min(0).max(45);

/** zod object of a recipe; every key has a default. */
export const sceneRecipeSchema = z.strictObject({
  seed: z.int().nonnegative().default(1).describe('Seed of all random choices'),
  questions: z
    .int()
    .positive()
    .optional()
    .describe('Questions in all; when left out as many as the scarcest kind allows'),
  perScene: z
    .int()
    .positive()
    .default(6)
    .describe('Most questions of one of the nine kinds a scene'),
  kinds: z
    .array(z.enum(QUESTION_KINDS))
    .min(1)
    .default([...QUESTION_KINDS])
    .describe('Kinds of questions'),
  shares: z
    .union([
      z.enum(['equal', 'sr-91k']),
      z.partialRecord(
        z.enum(Object.keys(SPATIAL_KINDS) as SpatialKind[]),
        z.number().nonnegative(),
      ),
    ])
    .default('equal')
    .describe('Frequency of the six kinds: equal, as in SR-91k, or a weight for each'),
  mostShare: share
    .default(0.4)
    .describe('Largest share of one class of answers in a kind; at least its equal part'),
  ignore: z
    .array(z.string())
    .default(['wall', 'floor', 'ceiling', 'object', 'otherfurniture', 'remove'])
    .describe('Categories that questions and maps leave out'),
  margins: z
    .strictObject({
      closestM: meters
        .default(0.3)
        .describe('The closest object is closer than the others by this'),
      distanceM: meters.default(0.3).describe('The shortest distance that a question asks for'),
      standM: meters
        .default(0.8)
        .describe('Objects that a direction refers to are at least this far from the observer'),
      directionDegrees: degrees
        .default(15)
        .describe('Directions are at least this far from the border between two answers'),
      appearance: z
        .int()
        .positive()
        .default(2)
        .describe('Sixteenths of the video between two first appearances'),
    })
    .prefault({}),
  clear: z
    .strictObject({
      sizeM: meters.default(0.2).describe('Objects of questions have at least this longest side'),
      frameShare: share
        .default(0.0136)
        .describe('They fill at least this share of their best frame; needs camera poses'),
      seenFor: share
        .default(0.0625)
        .describe('They are seen for at least this share of the video; needs camera poses'),
      seenShare: share
        .default(0.0034)
        .describe(
          'An object that fills this share of a frame counts as seen; objects never seen are left out',
        ),
    })
    .prefault({}),
  roomM2: z
    .tuple([z.number().nonnegative(), z.number().positive()])
    .default([2, 200])
    .describe('Smallest and largest floor area that a question asks for'),
  media: z
    .enum(['link', 'copy', 'later'])
    .default('link')
    .describe('Links or copies the videos into the folder, or leaves that to you'),
});

/** A recipe with its defaults filled in. */
export type SceneRecipe = z.output<typeof sceneRecipeSchema>;
