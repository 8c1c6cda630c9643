/** Rooms that are never filmed: things on a floor plan, enough to ask about and to draw a map of. A thousandth of a filmed room's cost. */
import { type RandomStream, permutation } from '@loci/core';
import { CATEGORIES, CELL_M, cellOf, GRID_CELLS, type QuestionScene } from '@loci/datasets';
import type { Cell } from '@loci/core';

/** Sides of a room in metres, as those of filmed rooms. */
const SIDE_M = [3.5, 7] as const;
/** Free floor between a thing's middle and the wall, in metres. */
const MARGIN_M = 0.25;
const MOST_OBJECTS = 7;
/** Sides of a thing in centimetres. */
const SIZE_CM = [35, 220] as const;
/** Moments of a clip at which a thing can be seen first. */
const MOMENTS = 16;

const between = (random: RandomStream, [least, greatest]: readonly [number, number]): number =>
  least + random() * (greatest - least);

/** Draws a room on paper: three to five categories with one or two instances each, anywhere on the floor. */
export function paperRoom(random: RandomStream): QuestionScene {
  const side = (): number => Math.round(between(random, SIDE_M) * 10) / 10;
  const sidesM = [side(), side()] as const;
  const order = permutation(CATEGORIES.length, Math.floor(random() * 2 ** 32));
  const categories = Array.from(order, (index) => CATEGORIES[index]!).slice(
    0,
    3 + Math.floor(random() * 3),
  );
  const named = categories.flatMap((category) => (random() < 0.6 ? [category] : [category, category]));
  const objects = named.slice(0, MOST_OBJECTS).map((category) => {
    const [x, y] = sidesM.map(
      (metres) => Math.round((random() - 0.5) * (metres - 2 * MARGIN_M) * 100) / 100,
    ) as [number, number];
    const centimetres = (): number => Math.round(between(random, SIZE_CM));
    return {
      category,
      centre: [x, y] as const,
      cell: cellOf([x, y]),
      sizeCm: [centimetres(), centimetres(), centimetres()] as const,
      firstSeen: Math.floor(random() * MOMENTS),
    };
  });
  return {
    objects,
    map: mapOf(objects),
    areaM2: sidesM[0] * sidesM[1],
    sidesM,
    metricGrid: true,
  };
}

/** Categories in alphabetical order, cells sorted by column, then row, as in the maps of filmed rooms. */
function mapOf(
  objects: readonly { readonly category: string; readonly cell: Cell }[],
): Record<string, Cell[]> {
  const map: Record<string, Cell[]> = {};
  for (const category of [...new Set(objects.map((object) => object.category))].sort()) {
    map[category] = objects
      .filter((object) => object.category === category)
      .map(({ cell }) => cell)
      .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  }
  return map;
}

/** The middle of a cell in metres from the room's centre. */
export function middleOf(index: number): number {
  return (index + 0.5 - GRID_CELLS / 2) * CELL_M;
}
