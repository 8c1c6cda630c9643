/** Scenes with answers that can be worked out otherwise: upright boxes along the axes, a camera that turns once around. */
import { randomStream, type RandomStream } from '@loci/core';

/** A box as it stands in a file, not turned. */
export interface MadeObject {
  readonly category: string;
  readonly centre: readonly [number, number, number];
  readonly size: readonly [number, number, number];
}

/** A scene as it stands in a file. */
export interface MadeScene {
  readonly id: string;
  readonly source: string;
  readonly video: string;
  readonly areaM2: number;
  readonly objects: readonly MadeObject[];
  readonly camera?: object;
}

const CATEGORIES = ['chair', 'table', 'bed', 'lamp', 'sofa', 'desk', 'plant', 'shelf', 'stool'];

/** Looks along the floor in a direction, degrees to the left of x; x right, y down, z into the picture. */
export function cameraToWorld(eye: readonly number[], degrees: number): readonly number[] {
  const angle = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return [sin, 0, cos, eye[0]!, -cos, 0, sin, eye[1]!, 0, -1, 0, eye[2]!, 0, 0, 0, 1];
}

/** A camera that stands in the middle and turns once around. */
export const TURNING_CAMERA = {
  width: 640,
  height: 480,
  fx: 400,
  poses: Array.from({ length: 32 }, (_, index) => ({
    seconds: index / 2,
    cameraToWorld: cameraToWorld([0, 0, 1.4], (360 / 32) * index),
  })),
};

const pick = (random: RandomStream, least: number, most: number): number =>
  Math.round(100 * (least + random() * (most - least))) / 100;

/** Places that keep things apart: on two rings around the camera. */
function placeOf(random: RandomStream, slot: number): readonly [number, number] {
  const angle = (slot / 12) * 2 * Math.PI + 0.2 * random();
  const radius = slot % 2 === 0 ? pick(random, 1.6, 2) : pick(random, 2.6, 3.4);
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
}

/** A scene of nine to twelve things; the same number gives the same scene. */
export function makeScene(index: number, withCamera = true): MadeScene {
  const random = randomStream(900 + index);
  const count = 9 + Math.floor(4 * random());
  return {
    id: `made${String(index).padStart(4, '0')}`,
    source: index % 3 === 0 ? 'halls' : 'rooms',
    video: `videos/made${String(index).padStart(4, '0')}.mp4`,
    areaM2: pick(random, 14, 60),
    objects: Array.from({ length: count }, (_, slot) => {
      const [x, y] = placeOf(random, slot);
      const size = [
        pick(random, 0.4, 0.9),
        pick(random, 0.4, 0.9),
        pick(random, 0.6, 1.6),
      ] as const;
      const category = slot < 7 ? CATEGORIES[slot]! : CATEGORIES[Math.floor(9 * random())]!;
      return { category, centre: [x, y, size[2] / 2], size };
    }),
    ...(withCamera ? { camera: TURNING_CAMERA } : {}),
  };
}

/** Distance between two such boxes, worked out along the axes. */
export function gapBetween(a: MadeObject, b: MadeObject): number {
  const gaps = [0, 1, 2].map((axis) =>
    Math.max(0, Math.abs(a.centre[axis]! - b.centre[axis]!) - (a.size[axis]! + b.size[axis]!) / 2),
  );
  return Math.hypot(...gaps);
}
