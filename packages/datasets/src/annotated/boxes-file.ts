/** Reads scenes from a JSON file of boxes and camera poses; docs/scene-annotations.md describes it. */
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { categoryName, SCENE_ID } from './annotated-scene.ts';
import type { AnnotatedScene, CameraTrack, ReadScenes } from './annotated-scene.ts';
import { checkAxes, determinant, type OrientedBox, type Vector3 } from './oriented-box.ts';
import { checkWithin, collectScenes, readSceneFile } from './read-scene-file.ts';
import type { SceneFileOptions } from './read-scene-file.ts';

const vector = z.tuple([z.number(), z.number(), z.number()]);
const length = z.number().positive();

const BOX = {
  centre: vector.describe('Center in meters; z is up'),
  size: z.tuple([length, length, length]).describe('Sides along the axes of the box, in meters'),
  yawDegrees: z
    .number()
    .optional()
    .describe('Turn of a box that stands upright, from above and to the left; 0 when left out'),
  axes: z
    .array(z.number())
    .length(9)
    .optional()
    .describe('Axes of a box at any angle instead: three unit vectors, one after the other'),
};

const pose = z.strictObject({
  seconds: z.number().nonnegative().describe('From the start of the video'),
  cameraToWorld: z
    .array(z.number())
    .length(16)
    .nullable()
    .describe(
      '4×4 matrix, row by row, of a camera whose x points right, y down and z into the picture; null where it is not known',
    ),
});

const camera = z.strictObject({
  width: z.int().positive().describe('Of the picture that the focal length is for, in pixels'),
  height: z.int().positive(),
  fx: length.describe('Focal length in pixels'),
  fy: length.optional().describe('The same as fx when left out'),
  cx: z.number().optional().describe('Principal point in pixels; the middle when left out'),
  cy: z.number().optional(),
  seconds: length.optional().describe('Length of the video; time of the last pose when left out'),
  poses: z.array(pose).min(1).describe('In the order of time'),
});

const scene = z.strictObject({
  id: z.string().regex(SCENE_ID).describe('Unique; letters, digits, dots, hyphens, underscores'),
  source: z.string().min(1).default('boxes').describe('Collection, for statistics'),
  video: z.string().min(1).describe('Path of the video; a relative one starts at this file'),
  areaM2: length.optional().describe('Floor area; without it the room is not asked for its size'),
  objects: z
    .array(z.strictObject({ category: z.string().regex(/\S/u), ...BOX }))
    .describe('Everything that questions and maps may name: every instance of each category'),
  occluders: z
    .array(z.strictObject(BOX))
    .default([])
    .describe('Things that only hide others, such as walls between rooms'),
  camera: camera.optional().describe('Without it everything counts as seen by the camera'),
});

const file = z.strictObject({
  $schema: z.string().optional(),
  scenes: z.array(scene).describe('One item a scene'),
});

/** JSON schema of a file of boxes, made from what the reader accepts. */
export function boxesJsonSchema(): Readonly<Record<string, unknown>> {
  return {
    title: 'Scenes as boxes and camera poses',
    $comment: 'Made from packages/datasets/src/annotated/boxes-file.ts; do not edit',
    ...z.toJSONSchema(file, { io: 'input' }),
  };
}

type BoxJson = Omit<z.output<typeof scene>['objects'][number], 'category'>;

function boxOf({ centre, size, yawDegrees, axes }: BoxJson): OrientedBox {
  const half = [size[0] / 2, size[1] / 2, size[2] / 2] as const;
  if (axes === undefined) {
    const angle = ((yawDegrees ?? 0) * Math.PI) / 180;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    return { centre, half, axes: [[cos, sin, 0], [-sin, cos, 0], [0, 0, 1]] }; // prettier-ignore
  }
  if (yawDegrees !== undefined) throw new Error('a box has either yawDegrees or axes');
  const rows = [
    axes.slice(0, 3),
    axes.slice(3, 6),
    axes.slice(6),
  ] as unknown as OrientedBox['axes'];
  checkAxes(rows, 'the axes of a box');
  return { centre, half, axes: rows };
}

function trackOf({
  width,
  height,
  fx,
  fy,
  cx,
  cy,
  seconds,
  poses,
}: z.output<typeof camera>): CameraTrack {
  const known = poses.flatMap(({ seconds: at, cameraToWorld: m }) => {
    if (m === null) return [];
    if (m.slice(12).some((value, index) => Math.abs(value - (index === 3 ? 1 : 0)) > 1e-3)) {
      throw new Error(
        `the matrix of the camera at ${at} s does not end in 0, 0, 0, 1: write it row by row, with the position of the camera in the last column`,
      );
    }
    const column = (index: number): Vector3 => [m[index]!, m[index + 4]!, m[index + 8]!];
    const axes = [column(0), column(1), column(2)] as const;
    checkAxes(axes, `the axes of the camera at ${at} s`);
    if (determinant(axes) < 0) {
      throw new Error(
        `the axes of the camera at ${at} s are mirrored: x points right, y down and z into the picture`,
      );
    }
    return [{ seconds: at, eye: column(3), axes }];
  });
  const last = poses.at(-1)!.seconds;
  if (known.length === 0) throw new Error('no pose of the camera is known; leave the camera out');
  if (poses.some((next, index) => index > 0 && next.seconds <= poses[index - 1]!.seconds)) {
    throw new Error('the poses of the camera are not in the order of time');
  }
  return {
    width,
    height,
    focal: [fx, fy ?? fx],
    centre: [cx ?? width / 2, cy ?? height / 2],
    poses: known,
    seconds: Math.max(seconds ?? last, last),
  };
}

function sceneOf(
  value: z.output<typeof scene>,
  path: string,
  { allowOutside = false }: SceneFileOptions,
): AnnotatedScene {
  const { id, source, areaM2 } = value;
  if (!allowOutside) checkWithin(dirname(path), value.video);
  return {
    id,
    source,
    video: resolve(dirname(path), value.video),
    ...(areaM2 === undefined ? {} : { areaM2 }),
    objects: value.objects.map((object) => ({
      category: categoryName(object.category),
      box: boxOf(object),
    })),
    occluders: value.occluders.map(boxOf),
    ...(value.camera === undefined ? {} : { camera: trackOf(value.camera) }),
  };
}

/**
 * Reads a file of boxes. A faulty scene becomes a problem; the others are read.
 *
 * @throws LociError `scenes-unreadable` when the file is missing, is not JSON or has no list of scenes.
 */
export async function readBoxes(path: string, options: SceneFileOptions = {}): Promise<ReadScenes> {
  const form = z.looseObject({ scenes: z.array(z.unknown()) });
  const { scenes } = await readSceneFile(path, form, 'an object with a list "scenes"');
  const named = scenes.map((value, index) => {
    const id = (value as { readonly id?: unknown } | null)?.id;
    return [typeof id === 'string' ? id : `number ${index + 1}`, value] as const;
  });
  return collectScenes(path, named, (value) => sceneOf(scene.parse(value), path, options));
}
