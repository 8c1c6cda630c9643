/**
 * Layouts of real scans in the form of VSI-Bench's `meta_info` files (vision-x-nyu/thinking-in-space): oriented boxes by
 * category. For evaluation only. They get the same questions as generated rooms, but their cognitive map is not
 * metric: the scene's extent is stretched onto the grid in both directions, as VSI-Bench does.
 */
import { readFile } from 'node:fs/promises';
import { LociError, messageOf } from '@loci/core';
import { z } from 'zod';
import { mapOfCells } from '../rooms/grid.ts';
import type { QuestionScene } from '../rooms/questions/question.ts';
import { stretchedGrid } from '../scenes/stretched-grid.ts';

const vector = z.tuple([z.number(), z.number(), z.number()]);

/** Meters; z is up. */
const box = z.object({ centroid: vector, axesLengths: vector, min: vector, max: vector });

const layout = z.object({
  /** Floor area in square meters. */
  room_size: z.number().positive(),
  object_bbox: z.record(z.string(), z.array(box)),
  /** The collection of scans that the scene is from. */
  dataset: z.string(),
});

const layouts = z.record(z.string(), layout);

/** One scan. */
export interface Layout {
  readonly id: string;
  readonly dataset: string;
  readonly scene: QuestionScene;
}

function sceneOf({ room_size: areaM2, object_bbox }: z.infer<typeof layout>): QuestionScene {
  const cellOf = stretchedGrid(Object.values(object_bbox).flat());
  const objects = Object.entries(object_bbox).flatMap(([category, instances]) =>
    instances.map(({ centroid: [x, y], axesLengths }) => ({
      category,
      centre: [x, y] as const,
      cell: cellOf([x, y]),
      sizeCm: axesLengths.map((meters) => Math.round(meters * 100)) as [number, number, number],
    })),
  );
  return { objects, map: mapOfCells(objects), areaM2, metricGrid: false };
}

/**
 * Reads a file of layouts: one object, scene id to layout. Scenes without an object are left out.
 * @throws LociError `layouts-unreadable` when the file is missing or has another form.
 */
export async function readLayouts(file: string): Promise<readonly Layout[]> {
  try {
    const parsed = layouts.parse(JSON.parse(await readFile(file, 'utf8')));
    return Object.entries(parsed)
      .filter(([, { object_bbox }]) => Object.values(object_bbox).flat().length > 0)
      .map(([id, value]) => ({ id, dataset: value.dataset, scene: sceneOf(value) }));
  } catch (error) {
    throw new LociError(
      'layouts-unreadable',
      `${file} is not a file of layouts (an object of scene id to room_size, object_bbox and dataset): ${messageOf(error)}`,
      { cause: error },
    );
  }
}
