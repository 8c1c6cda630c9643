/**
 * Reads scenes from VSI-Bench's `meta_info` files (vision-x-nyu/thinking-in-space): one object, scene id to layout. They hold
 * boxes and no camera.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { categoryName, SCENE_ID } from './annotated-scene.ts';
import type { AnnotatedScene, ReadScenes } from './annotated-scene.ts';
import { checkAxes, type OrientedBox, type Vector3 } from './oriented-box.ts';
import { checkWithin, collectScenes, readSceneFile } from './read-scene-file.ts';
import type { SceneFileOptions } from './read-scene-file.ts';

const vector = z.tuple([z.number(), z.number(), z.number()]);
const length = z.number().nonnegative();
const box = z.object({
  centroid: vector,
  axesLengths: z.tuple([length, length, length]),
  /** Row by row, a unit axis each. */
  normalizedAxes: z.array(z.number()).length(9),
});
const boxes = z.record(z.string(), z.array(box));
const layout = z
  .object({
    room_size: z.number().positive(),
    object_bbox: boxes.optional(),
    /** The same in other files made with the same scripts. */
    object_bboxes: boxes.optional(),
    dataset: z.string(),
  })
  .refine((given) => given.object_bbox !== undefined || given.object_bboxes !== undefined, {
    path: ['object_bbox'],
    message: 'missing, and so is object_bboxes',
  });

function boxOf({ centroid, axesLengths, normalizedAxes: m }: z.infer<typeof box>): OrientedBox {
  const axis = (row: number): Vector3 => [m[3 * row]!, m[3 * row + 1]!, m[3 * row + 2]!];
  const axes = [axis(0), axis(1), axis(2)] as const;
  checkAxes(axes, 'normalizedAxes of a box');
  return {
    centre: centroid,
    half: axesLengths.map((side) => side / 2) as [number, number, number],
    axes,
  };
}

/**
 * Reads a file of layouts. A faulty layout becomes a problem; the others are read.
 *
 * @param videos Folder with the video of each scene as `<dataset>/<scene id>.mp4`.
 * @throws LociError `scenes-unreadable` when the file is missing or no JSON object.
 */
export async function readVsiMeta(
  path: string,
  videos: string,
  { allowOutside = false }: SceneFileOptions = {},
): Promise<ReadScenes> {
  const form = z.record(z.string(), z.unknown());
  const layouts = await readSceneFile(path, form, 'an object of scene id to layout');
  return collectScenes(path, Object.entries(layouts), (value, id): AnnotatedScene => {
    if (!SCENE_ID.test(id)) throw new Error('its id cannot be the name of a file');
    const { room_size, object_bbox, object_bboxes, dataset } = layout.parse(value);
    const video = join(videos, dataset, `${id}.mp4`);
    if (!allowOutside) checkWithin(videos, video);
    return {
      id,
      source: dataset,
      video,
      areaM2: room_size,
      objects: Object.entries(object_bbox ?? object_bboxes ?? {}).flatMap(([category, instances]) =>
        instances.map((entry) => ({ category: categoryName(category), box: boxOf(entry) })),
      ),
      occluders: [],
    };
  });
}
