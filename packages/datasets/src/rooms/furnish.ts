/** Chooses and places furniture and decor. Every loop here ends; a failed try gives undefined. */
import { permutation, type RandomStream } from '@loci/core';
import { cameraAt, isInView, type CameraPose } from './camera.ts';
import { CATEGORIES, DECOR, FURNITURE, type Piece } from './catalogue.ts';
import type { PlacedPiece, RoomCamera } from './scene.ts';

type FloorPlan = readonly [width: number, depth: number, height: number];

const TRIES_PER_PIECE = 40;
const MOST_OBJECTS = 7;
/** Free floor between two pieces, in meters. */
const GAP_M = 0.15;
/** Free floor around the camera's way, in meters. */
const CAMERA_GAP_M = 0.35;
/** Sizes vary between these factors around the typical one. */
export const SIZE_FACTOR: readonly [least: number, greatest: number] = [0.75, 1.3];

/** A number uniform between two others. */
export function uniform(random: RandomStream, least: number, greatest: number): number {
  return least + random() * (greatest - least);
}

/** One of a list. */
export function pick<Item>(random: RandomStream, items: readonly Item[]): Item {
  return items[Math.floor(random() * items.length)] as Item;
}

/** A list in random order. */
export function shuffled<Item>(random: RandomStream, items: readonly Item[]): Item[] {
  const order = permutation(items.length, Math.floor(random() * 2 ** 32));
  return Array.from(order, (index) => items[index] as Item);
}

/** A length in meters, rounded to the centimeter. */
export function roundToCentimeters(meters: number): number {
  return Math.round(meters * 100) / 100;
}

/** The camera at eight moments of the clip. */
function cameraPoses(camera: RoomCamera, size: FloorPlan): readonly CameraPose[] {
  return Array.from({ length: 8 }, (_, index) =>
    cameraAt(camera.path, camera.mirrored, size, index / 7),
  );
}

/** Free floor between a piece and a point or another piece; negative when they overlap. */
function gap(
  piece: PlacedPiece,
  centre: readonly [number, number],
  size: readonly number[],
): number {
  return Math.max(
    Math.abs(piece.centre[0] - centre[0]) - (piece.size[0] + size[0]!) / 2,
    Math.abs(piece.centre[1] - centre[1]) - (piece.size[1] + size[1]!) / 2,
  );
}

/** The turn whose back is to the nearest wall. */
export function turnFromWall(
  x: number,
  y: number,
  [width, depth]: readonly [width: number, depth: number, ...rest: number[]],
): PlacedPiece['turn'] {
  const distances = [depth / 2 - y, width / 2 + x, depth / 2 + y, width / 2 - x];
  return distances.indexOf(Math.min(...distances)) as PlacedPiece['turn'];
}

/** A piece on free floor, or undefined when none was found. */
function placeOnFloor(
  random: RandomStream,
  category: string,
  piece: Piece,
  plan: FloorPlan,
  isFree: (placed: PlacedPiece) => boolean,
): PlacedPiece | undefined {
  const factor = uniform(random, ...SIZE_FACTOR);
  const [width, depth, height] = piece.size.map((side) => roundToCentimeters(side * factor)) as [
    number,
    number,
    number,
  ];
  for (let attempt = 0; attempt < TRIES_PER_PIECE; attempt++) {
    const x = uniform(random, -0.5, 0.5) * (plan[0] - width);
    const y = uniform(random, -0.5, 0.5) * (plan[1] - depth);
    const turn = turnFromWall(x, y, plan);
    const size =
      turn % 2 === 0 ? ([width, depth, height] as const) : ([depth, width, height] as const);
    const centre = [roundToCentimeters(x), roundToCentimeters(y)] as const;
    const inside =
      Math.abs(centre[0]) + size[0] / 2 <= plan[0] / 2 &&
      Math.abs(centre[1]) + size[1] / 2 <= plan[1] / 2;
    const tone = roundToCentimeters(uniform(random, 0.85, 1.15));
    const placed: PlacedPiece = { category, centre, size, elevation: 0, turn, tone };
    if (inside && isFree(placed)) return placed;
  }
  return undefined;
}

/** The middle of a piece. */
function middleOf({ centre, size }: PlacedPiece): readonly [number, number, number] {
  return [centre[0], centre[1], size[2] / 2];
}

/** How many instances a category has: one with 55 %, otherwise any other number up to the greatest. */
function drawInstances(random: RandomStream, maxInstances: number): number {
  if (maxInstances === 1 || random() < 0.55) return 1;
  return 2 + Math.floor(random() * (maxInstances - 1));
}

/** Places three to five categories of furniture, at most seven pieces, each in view of the camera at some time; undefined when a piece found no place. */
export function placeFurniture(
  random: RandomStream,
  plan: FloorPlan,
  camera: RoomCamera,
  maxInstances: number,
): readonly PlacedPiece[] | undefined {
  const categories = shuffled(random, CATEGORIES).slice(0, 3 + Math.floor(random() * 3));
  const counts = categories.map(() => drawInstances(random, maxInstances));
  while (counts.reduce((sum, count) => sum + count, 0) > MOST_OBJECTS) {
    counts[counts.indexOf(Math.max(...counts))]!--;
  }
  const poses = cameraPoses(camera, plan);
  const placed: PlacedPiece[] = [];
  for (const [index, category] of categories.entries()) {
    for (let instance = 0; instance < counts[index]!; instance++) {
      const piece = placeOnFloor(
        random,
        category,
        FURNITURE[category]!,
        plan,
        (candidate) =>
          isFree(candidate, placed, poses) &&
          poses.some((pose) => isInView(pose, middleOf(candidate))),
      );
      if (piece === undefined) return undefined;
      placed.push(piece);
    }
  }
  return placed;
}

function isFree(
  candidate: PlacedPiece,
  placed: readonly PlacedPiece[],
  poses: readonly CameraPose[],
): boolean {
  return (
    placed.every((other) => gap(other, candidate.centre, candidate.size) >= GAP_M) &&
    poses.every(({ eye }) => gap(candidate, [eye[0], eye[1]], [0, 0]) >= CAMERA_GAP_M)
  );
}

/** A thin piece on the wall that `turn` puts its back to: south is never used, the camera comes from there. */
function placeOnWall(
  random: RandomStream,
  category: string,
  turn: 0 | 1 | 3,
  plan: FloorPlan,
): PlacedPiece {
  const { size, elevation } = DECOR[category]!;
  const along = turn === 0 ? plan[0] : plan[1];
  const position = roundToCentimeters(uniform(random, -0.5, 0.5) * (along - size[0] - 0.2));
  const across = (turn === 0 ? plan[1] : plan[0]) / 2 - size[1] / 2;
  return {
    category,
    centre: turn === 0 ? [position, across] : [turn === 1 ? -across : across, position],
    size: turn === 0 ? size : [size[1], size[0], size[2]],
    elevation,
    turn,
    tone: roundToCentimeters(uniform(random, 0.85, 1.1)),
  };
}

/** Places up to two things on the floor, perhaps a rug, and one to three things on the walls, one a wall. Things without a free place are left out. */
export function placeDecor(
  random: RandomStream,
  plan: FloorPlan,
  camera: RoomCamera,
  furniture: readonly PlacedPiece[],
): readonly PlacedPiece[] {
  const mounted = (mount: string): readonly string[] =>
    Object.keys(DECOR).filter((category) => DECOR[category]!.mount === mount);
  const poses = cameraPoses(camera, plan);
  const placed: PlacedPiece[] = [];
  for (let count = Math.floor(random() * 3); count > 0; count--) {
    const category = pick(random, mounted('floor'));
    const piece = placeOnFloor(random, category, DECOR[category]!, plan, (candidate) =>
      isFree(candidate, [...furniture, ...placed], poses),
    );
    if (piece !== undefined) placed.push(piece);
  }
  if (random() < 0.5) {
    const rug = placeOnFloor(random, 'rug', DECOR['rug']!, plan, () => true);
    if (rug !== undefined) placed.push({ ...rug, size: [rug.size[0], rug.size[1], 0.01] });
  }
  const onWalls = shuffled(random, mounted('wall')).slice(0, 1 + Math.floor(random() * 3));
  const walls = shuffled(random, [0, 1, 3] as const);
  return [
    ...placed,
    ...onWalls.map((category, index) => placeOnWall(random, category, walls[index]!, plan)),
  ];
}
