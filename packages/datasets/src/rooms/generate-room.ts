/** Generates a room from a seed: size, look, camera, furniture, and how the camera sees it. */
import { deriveSeed, LociError, randomStream, type RandomStream } from '@loci/core';
import type { Color } from './catalogue.ts';
import { pick, placeDecor, placeFurniture, uniform } from './furnish.ts';
import { DEFAULT_ROOM_OPTIONS, ROOM_SIDE_M, type RoomOptions } from './room-options.ts';
import type { RoomCamera, RoomLook, RoomScene } from './scene.ts';
import { ENOUGH_SHARE, sightingsOf } from './sighting.ts';

const MOST_TRIES = 500;
/** Height of every ceiling, in meters. */
export const CEILING_M = 2.5;

/** Pale colors of walls; each room takes four in random order of the walls. */
const WALL_TINTS: readonly Color[] = [
  [0.75, 0.65, 0.6],
  [0.6, 0.75, 0.65],
  [0.72, 0.72, 0.6],
  [0.62, 0.68, 0.8],
  [0.78, 0.74, 0.7],
  [0.68, 0.62, 0.7],
];

const FLOOR_COLORS: readonly Color[] = [
  [0.62, 0.59, 0.53],
  [0.56, 0.47, 0.38],
  [0.58, 0.58, 0.6],
  [0.66, 0.56, 0.44],
];

/** Draws floor, walls and light. */
export function drawLook(random: RandomStream): RoomLook {
  const azimuth = random() * 2 * Math.PI;
  const height = uniform(random, 0.5, 0.9);
  const side = Math.sqrt(1 - height * height);
  return {
    floor: pick(random, ['checker', 'planks', 'tiles']),
    floorPitchM: pick(random, [0.3, 0.4, 0.5]),
    floorColour: pick(random, FLOOR_COLORS),
    wallColours: [0, 1, 2, 3].map(() => pick(random, WALL_TINTS)) as [Color, Color, Color, Color],
    wallPattern: pick(random, ['plain', 'stripes', 'wainscot']),
    light: [side * Math.cos(azimuth), side * Math.sin(azimuth), height],
    brightness: uniform(random, 0.8, 1.15),
  };
}

/** A room in which the camera sees every object well enough, or undefined when this try gave none. */
function tryRoom(seed: number, attempt: number, options: RoomOptions): RoomScene | undefined {
  const random = randomStream(deriveSeed(seed, 'room', attempt));
  const side = (): number => Math.round(uniform(random, ...ROOM_SIDE_M) * 10) / 10;
  const size = [side(), side(), CEILING_M] as const;
  const camera: RoomCamera = { path: pick(random, options.cameraPaths), mirrored: random() < 0.5 };
  const furniture = placeFurniture(random, size, camera, options.maxInstances);
  if (furniture === undefined) return undefined;
  const decor = placeDecor(random, size, camera, furniture);
  const sightings = sightingsOf({ objects: furniture, decor, size, camera });
  const allSeen = sightings.every(
    ({ firstSeen, largestShare }) => firstSeen !== undefined && largestShare >= ENOUGH_SHARE,
  );
  if (!allSeen) return undefined;
  const objects = furniture.map((piece, index) => ({ ...piece, sighting: sightings[index]! }));
  return { seed, size, objects, decor, look: drawLook(random), camera };
}

/**
 * A furnished room of 3.5 to 7 m a side: three to five categories, at most seven objects, each of them seen by the camera;
 * decor; varied light, floor and walls. The same seed and options give the same room.
 * @throws LociError `room-impossible` when no room was found (a bound on tries, so this always returns).
 */
export function generateRoom(seed: number, options: Partial<RoomOptions> = {}): RoomScene {
  const resolved = { ...DEFAULT_ROOM_OPTIONS, ...options };
  if (resolved.cameraPaths.length === 0 || !(resolved.maxInstances >= 1)) {
    throw new LociError(
      'room-options-invalid',
      'A room needs at least one camera path and maxInstances of at least 1.',
      { details: { options: resolved } },
    );
  }
  for (let attempt = 0; attempt < MOST_TRIES; attempt++) {
    const room = tryRoom(seed, attempt, resolved);
    if (room !== undefined) return room;
  }
  throw new LociError(
    'room-impossible',
    `No room with every object in view was found in ${MOST_TRIES} tries (seed ${seed}, camera paths ` +
      `${resolved.cameraPaths.join(', ')}); lower maxInstances or choose other camera paths.`,
    { details: { seed, options: resolved } },
  );
}
