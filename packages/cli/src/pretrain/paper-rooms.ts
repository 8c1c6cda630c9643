/** Draws rooms that are never filmed: objects on a floor plan, enough for questions and a map, at a thousandth of a filmed room's cost. */
import { permutation, type RandomStream } from '@loci/core';
import {
  CATEGORIES,
  cellOf,
  cognitiveMapOf,
  firstInView,
  turnOf,
  type QuestionScene,
} from '@loci/datasets';

/** Sides of a room in meters, as in filmed rooms. */
const SIDE_M = [3.5, 7] as const;
/** Least distance between an object's center and the wall, in meters. */
const MARGIN_M = 0.25;
const MOST_OBJECTS = 7;
/** Share of categories with one instance, about as in filmed rooms. */
const SINGLE = 0.6;
/** Sides of an object in centimeters. */
const SIZE_CM = [35, 220] as const;
/** The camera's path, as in filmed rooms. */
const PATH = 'walk-in';

const between = (random: RandomStream, [least, greatest]: readonly [number, number]): number =>
  least + random() * (greatest - least);

/** Three to five categories in random order. */
function drawCategories(random: RandomStream): readonly string[] {
  const order = permutation(CATEGORIES.length, Math.floor(random() * 2 ** 32));
  const drawn = Array.from(order, (index) => CATEGORIES[index]!);
  return drawn.slice(0, 3 + Math.floor(random() * 3));
}

/**
 * Draws a room on paper: one or two instances of each category, anywhere on the floor, and the path of a camera that films nothing.
 *
 * @param categories by default three to five random ones.
 * @param single share of categories with one instance.
 */
export function paperRoom(
  random: RandomStream,
  categories: readonly string[] = drawCategories(random),
  single = SINGLE,
): QuestionScene {
  const side = (): number => Math.round(between(random, SIDE_M) * 10) / 10;
  const sidesM = [side(), side()] as const;
  const camera = { path: PATH, mirrored: random() < 0.5 } as const;
  const named = [...categories];
  for (const category of categories) {
    if (random() >= single && named.length < MOST_OBJECTS) named.push(category);
  }
  const objects = named.map((category) => {
    const [x, y] = sidesM.map(
      (meters) => Math.round((random() - 0.5) * (meters - 2 * MARGIN_M) * 100) / 100,
    ) as [number, number];
    const centimeters = (): number => Math.round(between(random, SIZE_CM));
    const sizeCm = [centimeters(), centimeters(), centimeters()] as const;
    const firstSeen = firstInView(camera, sidesM, [x, y, sizeCm[2] / 200]);
    return {
      category,
      centre: [x, y] as const,
      cell: cellOf([x, y]),
      sizeCm,
      ...(firstSeen !== undefined && { firstSeen }),
    };
  });
  return {
    objects,
    map: cognitiveMapOf({ objects }),
    areaM2: sidesM[0] * sidesM[1],
    sidesM,
    metricGrid: true,
    turn: turnOf(camera.path, camera.mirrored),
  };
}
