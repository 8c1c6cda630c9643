/** What is asked about annotated scenes, and what is left out. */
import { z } from 'zod';
import { QUESTION_KINDS } from '../rooms/questions/all.ts';
import { SPATIAL_KINDS, type SpatialKind } from './spatial-kinds.ts';

const share = z.number().min(0).max(1);
const metres = z.number().nonnegative();
const degrees = z.number().min(0).max(45);

/** zod object of a recipe; every key has a default. */
export const sceneRecipeSchema = z.strictObject({
  seed: z.int().nonnegative().default(1).describe('Of everything random'),
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
    .describe('How frequent the six kinds are: equally, as in SR-91k, or a weight for each'),
  mostShare: share
    .default(0.4)
    .describe('Of a kind, for one class of answers; or its equal part, where that is more'),
  ignore: z
    .array(z.string())
    .default(['wall', 'floor', 'ceiling', 'object', 'otherfurniture', 'remove'])
    .describe('Categories that are left out of questions and maps'),
  margins: z
    .strictObject({
      closestM: metres
        .default(0.3)
        .describe('The closest object is closer than the others by this'),
      distanceM: metres.default(0.3).describe('Shorter distances are not asked for'),
      standM: metres
        .default(0.8)
        .describe('Faced and looked-for objects are at least this far off'),
      directionDegrees: degrees.default(15).describe('From the border between two directions'),
      appearance: z
        .int()
        .positive()
        .default(2)
        .describe('Sixteenths of the video between two first appearances'),
    })
    .prefault({}),
  clear: z
    .strictObject({
      sizeM: metres.default(0.2).describe('Longest side of what is asked about, at least'),
      frameShare: share
        .default(0.0136)
        .describe('Share of its best frame that it fills, at least; needs camera poses'),
      seenFor: share
        .default(0.0625)
        .describe('Share of the video in which it is seen, at least; needs camera poses'),
      seenShare: share
        .default(0.0034)
        .describe(
          'Share of a frame from which on a thing counts as seen; what never is, is left out',
        ),
    })
    .prefault({}),
  roomM2: z
    .tuple([z.number().nonnegative(), z.number().positive()])
    .default([2, 200])
    .describe('Floor areas that are asked for'),
  media: z
    .enum(['link', 'copy', 'later'])
    .default('link')
    .describe('Videos are linked or copied into the folder, or put there by you later on'),
});

/** What is asked, and what is left out. */
export type SceneRecipe = z.output<typeof sceneRecipeSchema>;
