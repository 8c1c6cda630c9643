/** Scene maps as datasets, stored rollouts and requests hold them. */
import { z } from 'zod';
import type { SceneMap } from '../../spec/index.ts';

const name = z.string().regex(/\S/u, 'must be a name');
const pair = z.tuple([z.number(), z.number()]);

const placed = z.object({
  name,
  position: pair.describe('column from the left and row from the top, 0 to 9'),
  facing: z.enum(['up', 'right', 'down', 'left', 'inner', 'outer']).exactOptional(),
});

/** Things and views that a map may have. */
export const MOST_PLACED = 200;

/** zod object of a scene map. */
export const sceneMapSchema: z.ZodType<SceneMap> = z.discriminatedUnion('format', [
  z.object({
    format: z.literal('mindcube'),
    objects: z.array(placed).max(MOST_PLACED),
    views: z.array(placed).max(MOST_PLACED).default([]),
  }),
  z.object({
    format: z.literal('boxes'),
    boxes: z
      .array(
        z.object({
          name,
          centre: pair.describe('in meters'),
          size: z
            .tuple([z.number().positive(), z.number().positive()])
            .describe('width along x and depth along y, in meters'),
        }),
      )
      .max(MOST_PLACED),
  }),
]);
