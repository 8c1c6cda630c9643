/**
 * Films real rooms with the generator's camera: layouts of scans (VSI-Bench's `meta_info` files) furnished from our catalogue. Sizes and places
 * are those of the scan; colors, shapes and walls are ours. The same rule holds for every set of layouts:
 *
 * 1. Things whose category the catalogue has are kept; a category of more than `maxInstances` things is left out whole.
 * 2. The scan is turned until most of its boxes stand along the axes. The hull of all its boxes is the room, of at least 3.5 m a side. A
 *    room of more than 7 m a side does not fit on the grid of the map.
 * 3. Of all quarter turns and camera paths, each in both directions, the film that shows the most categories whole is taken. Other categories
 *    are left out. A layout with fewer than three is skipped.
 */
import { deriveSeed, randomStream } from '@loci/core';
import type { AnnotatedScene } from '../annotated/annotated-scene.ts';
import { hullHalf } from '../annotated/oriented-box.ts';
import type { OrientedBox } from '../annotated/oriented-box.ts';
import { cameraAt, frameTime, SIGHTING_FRAMES } from './camera.ts';
import { CATEGORIES } from './catalogue.ts';
import { roundToCentimeters, turnFromWall } from './furnish.ts';
import { CEILING_M, drawLook } from './generate-room.ts';
import { ROOM_SIDE_M, type RoomOptions } from './room-options.ts';
import type { PlacedPiece, RoomCamera, RoomObject, RoomScene } from './scene.ts';
import { ENOUGH_SHARE, sightingsOf } from './sighting.ts';

/** Why a layout is skipped. */
export type LayoutMisfit =
  | 'fewer than three categories'
  | 'too many of one category'
  | 'too large for the grid'
  | 'too little is seen';

/** A room, or why there is none. */
export type LayoutRoom = { readonly room: RoomScene } | { readonly misfit: LayoutMisfit };

const LEAST_CATEGORIES = 3;

type Turn = PlacedPiece['turn'];
type Point = readonly [x: number, y: number];

const TURNS: readonly Turn[] = [0, 1, 2, 3];

/** Furnishes and films a layout. The same layout, options and seed give the same room. */
export function roomOfLayout(
  scene: Pick<AnnotatedScene, 'id' | 'objects'>,
  { cameraPaths, maxInstances }: RoomOptions,
  seed: number,
): LayoutRoom {
  const counts = new Map<string, number>();
  for (const { category } of scene.objects) {
    counts.set(category, (counts.get(category) ?? 0) + 1);
  }
  const known = scene.objects.filter(({ category }) => CATEGORIES.includes(category));
  if (categoriesOf(known) < LEAST_CATEGORIES) return { misfit: 'fewer than three categories' };
  const kept = known.filter(({ category }) => counts.get(category)! <= maxInstances);
  if (categoriesOf(kept) < LEAST_CATEGORIES) return { misfit: 'too many of one category' };
  const boxes = scene.objects.map(({ box }) => box);
  const upright = uprightOf(boxes);
  if (Math.max(...upright.size) > ROOM_SIDE_M[1]) return { misfit: 'too large for the grid' };
  const pieces = kept.map(({ category, box }) => pieceOf(category, box, upright));
  const room = bestFilm(pieces, upright.size, cameraPaths);
  if (room === undefined) return { misfit: 'too little is seen' };
  const own = deriveSeed(seed, 'layout-room', scene.id);
  return { room: { ...room, seed: own, decor: [], look: drawLook(randomStream(own)) } };
}

/** A scan turned along the axes, its middle at the origin. */
interface Upright {
  readonly size: Point;
  readonly floorM: number;
  readonly angle: number;
  place(point: Point): Point;
}

function uprightOf(boxes: readonly OrientedBox[]): Upright {
  const angle = commonAngle(boxes);
  const [cos, sin] = [Math.cos(-angle), Math.sin(-angle)];
  const turn = ([x, y]: Point): Point => [cos * x - sin * y, sin * x + cos * y];
  const ends = boxes.flatMap((box) => {
    const [x, y] = turn([box.centre[0], box.centre[1]]);
    const [halfX, halfY] = sidesOf(box, angle).map((side) => side / 2) as [number, number];
    return [
      [x - halfX, y - halfY],
      [x + halfX, y + halfY],
    ] as const;
  });
  const span = (axis: 0 | 1): Point => [
    Math.min(...ends.map((end) => end[axis])),
    Math.max(...ends.map((end) => end[axis])),
  ];
  const [[west, east], [south, north]] = [span(0), span(1)];
  const side = (length: number): number => Math.max(ROOM_SIDE_M[0], Math.round(10 * length) / 10);
  return {
    size: [side(east - west), side(north - south)],
    floorM: Math.min(...boxes.map((box) => box.centre[2] - hullHalf(box)[2])),
    angle,
    place: (point) => {
      const [x, y] = turn(point);
      return [x - (west + east) / 2, y - (south + north) / 2];
    },
  };
}

/** The main direction of the boxes, −45° to 45°: the mean of their angles on a circle of quarter turns, weighted by volume. */
function commonAngle(boxes: readonly OrientedBox[]): number {
  let [x, y] = [0, 0];
  for (const box of boxes) {
    const weight = box.half[0] * box.half[1] * box.half[2];
    const angle = 4 * yawOf(box);
    x += weight * Math.cos(angle);
    y += weight * Math.sin(angle);
  }
  return Math.atan2(y, x) / 4;
}

/** The angle of the flattest axis of a box. */
function yawOf({ axes }: OrientedBox): number {
  const [flattest] = [...axes].sort((a, b) => Math.abs(a[2]) - Math.abs(b[2]));
  return Math.atan2(flattest![1], flattest![0]);
}

/** Sides of a box along the axes of the turned scan, to the nearest quarter turn. */
function sidesOf({ axes, half }: OrientedBox, angle: number): readonly [number, number, number] {
  const along = [0, 0, 0] as [number, number, number];
  const order = [0, 1, 2].sort((a, b) => Math.abs(axes[b]![2]) - Math.abs(axes[a]![2]));
  const [upwards, one, other] = order as [number, number, number];
  const yaw = Math.atan2(axes[one]![1], axes[one]![0]) - angle;
  const isAcross = Math.abs(Math.sin(yaw)) > Math.SQRT1_2;
  along[isAcross ? 1 : 0] = 2 * half[one]!;
  along[isAcross ? 0 : 1] = 2 * half[other]!;
  along[2] = 2 * half[upwards]!;
  return along;
}

function pieceOf(
  category: string,
  box: OrientedBox,
  { angle, place, floorM, size }: Upright,
): PlacedPiece {
  const sides = sidesOf(box, angle).map(roundToCentimeters) as [number, number, number];
  const [x, y] = place([box.centre[0], box.centre[1]]);
  const height = Math.min(sides[2], CEILING_M);
  const foot = box.centre[2] - sides[2] / 2 - floorM;
  return {
    category,
    centre: [roundToCentimeters(x), roundToCentimeters(y)],
    size: [sides[0], sides[1], height],
    elevation: roundToCentimeters(Math.min(Math.max(0, foot), CEILING_M - height)),
    turn: turnFromWall(x, y, size),
    tone: 1,
  };
}

type Filmed = Pick<RoomScene, 'size' | 'objects' | 'camera'>;

/** The film that shows the most categories whole; undefined when none shows three. */
function bestFilm(
  pieces: readonly PlacedPiece[],
  plan: Point,
  paths: RoomOptions['cameraPaths'],
): Filmed | undefined {
  let best: Filmed | undefined;
  for (const turn of TURNS) {
    const turned = pieces.map((piece) => turnedPiece(piece, turn));
    const size = [...(turn % 2 === 0 ? plan : ([plan[1], plan[0]] as const)), CEILING_M] as const;
    for (const path of paths) {
      for (const mirrored of [false, true]) {
        const film = filmed(turned, size, { path, mirrored });
        const count = film === undefined ? 0 : categoriesOf(film.objects);
        const most = best === undefined ? LEAST_CATEGORIES - 1 : categoriesOf(best.objects);
        if (film !== undefined && count > most) best = film;
      }
    }
  }
  return best;
}

function turnedPiece(piece: PlacedPiece, turn: Turn): PlacedPiece {
  const [x, y] = piece.centre;
  const [width, depth, height] = piece.size;
  const centre = (
    [
      [x, y],
      [-y, x],
      [-x, -y],
      [y, -x],
    ] as const
  )[turn];
  return {
    ...piece,
    centre: [centre[0] + 0, centre[1] + 0],
    size: turn % 2 === 0 ? piece.size : [depth, width, height],
    turn: ((piece.turn + turn) % 4) as Turn,
  };
}

/** The objects of the categories that one camera sees whole; undefined when its path leads through a piece. */
function filmed(
  pieces: readonly PlacedPiece[],
  size: RoomScene['size'],
  camera: RoomCamera,
): Filmed | undefined {
  const isBlocked = Array.from({ length: SIGHTING_FRAMES }, (_, frame) =>
    cameraAt(camera.path, camera.mirrored, size, frameTime(frame, SIGHTING_FRAMES)),
  ).some(({ eye }) => pieces.some((piece) => holds(piece, eye)));
  if (isBlocked) return undefined;
  const sightings = sightingsOf({ objects: pieces, decor: [], size, camera });
  const objects: RoomObject[] = pieces.map((piece, index) => ({
    ...piece,
    sighting: sightings[index]!,
  }));
  const unseen = new Set(
    objects
      .filter(
        ({ sighting }) => sighting.firstSeen === undefined || sighting.largestShare < ENOUGH_SHARE,
      )
      .map(({ category }) => category),
  );
  return { size, camera, objects: objects.filter(({ category }) => !unseen.has(category)) };
}

function holds(
  { centre, size, elevation }: PlacedPiece,
  eye: readonly [number, number, number],
): boolean {
  return (
    Math.abs(eye[0] - centre[0]) < size[0] / 2 &&
    Math.abs(eye[1] - centre[1]) < size[1] / 2 &&
    eye[2] > elevation &&
    eye[2] < elevation + size[2]
  );
}

function categoriesOf(things: readonly { readonly category: string }[]): number {
  return new Set(things.map(({ category }) => category)).size;
}
