/** Makes the true maps of a room in other forms than SpaceR's. */
import type { BoxFromAbove, Facing, PlacedOnGrid, SceneMap } from '@loci/core';
import { cameraAt } from './camera.ts';
import { cellOf, GRID_CELLS } from './grid.ts';
import type { RoomObject, RoomScene } from './scene.ts';

/** Forms of the maps of rooms. */
export const MAP_FORMATS = ['spacer', 'mindcube', 'boxes'] as const;

/** Name of a form. */
export type MapFormat = (typeof MAP_FORMATS)[number];

/** Pieces with a front that can be seen. */
const WITH_A_FRONT: ReadonlySet<string> = new Set(['chair', 'sofa', 'tv', 'desk', 'bed']);

/** Unturned pieces face the camera's wall, which lies at the bottom; each turn goes to the left as the piece sees it. */
const FACINGS: readonly Facing[] = ['down', 'right', 'up', 'left'];

/** Times of the views on the clip, 0…1. */
const VIEW_TIMES = [0, 0.5, 1] as const;

/** The map of a room in a form; undefined for SpaceR's, which is `cognitiveMapOf`. */
export function sceneMapOf(scene: RoomScene, format: MapFormat): SceneMap | undefined {
  switch (format) {
    case 'spacer':
      return undefined;
    case 'mindcube':
      return { format, objects: objectsOf(scene), views: viewsOf(scene) };
    case 'boxes':
      return { format, boxes: boxesOf(scene) };
    default:
      return format satisfies never;
  }
}

/** On the grid of the cognitive map, with rows from the top. */
function objectsOf({ objects }: RoomScene): readonly PlacedOnGrid[] {
  const inOrder = [...objects].sort(
    (a, b) => a.centre[0] - b.centre[0] || a.centre[1] - b.centre[1],
  );
  return inOrder.map((object) => {
    const { category, centre, turn } = object;
    return {
      name: numbered(object, inOrder),
      position: fromTop(centre),
      ...(WITH_A_FRONT.has(category) && { facing: FACINGS[turn]! }),
    };
  });
}

/** `chair`, or `chair 2` where there are several. */
function numbered(object: RoomObject, all: readonly RoomObject[]): string {
  const same = all.filter(({ category }) => category === object.category);
  return same.length === 1 ? object.category : `${object.category} ${same.indexOf(object) + 1}`;
}

function fromTop(centre: readonly [x: number, y: number]): readonly [x: number, y: number] {
  const [column, row] = cellOf(centre);
  return [column, GRID_CELLS - 1 - row];
}

function viewsOf({ camera, size }: RoomScene): readonly PlacedOnGrid[] {
  return VIEW_TIMES.map((time, index) => {
    const { eye, forward } = cameraAt(camera.path, camera.mirrored, size, time);
    const [x, y] = forward;
    const sideways: Facing = x > 0 ? 'right' : 'left';
    const along: Facing = y > 0 ? 'up' : 'down';
    return {
      name: `view ${index + 1}`,
      position: fromTop([eye[0], eye[1]]),
      facing: Math.abs(x) > Math.abs(y) ? sideways : along,
    };
  });
}

/** From where the camera begins, to the decimeter. */
function boxesOf({ objects, camera, size }: RoomScene): readonly BoxFromAbove[] {
  const { eye } = cameraAt(camera.path, camera.mirrored, size, 0);
  return objects.map(({ category, centre, size: extent }) => ({
    name: category,
    centre: [decimeters(centre[0] - eye[0]), decimeters(centre[1] - eye[1])],
    size: [Math.max(0.1, decimeters(extent[0])), Math.max(0.1, decimeters(extent[1]))],
  }));
}

function decimeters(meters: number): number {
  return Math.round(meters * 10) / 10 + 0;
}
