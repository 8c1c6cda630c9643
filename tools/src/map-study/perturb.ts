/** Imagined maps of a known quality: the true map with one thing wrong, and blind guesses. All cells lie on the grid. */
import type { Cell, CognitiveMap, RandomStream } from '@loci/core';

/** Cells along a side. */
export const GRID = 10;

/** What a guess may draw on besides the scene itself. */
export interface Surroundings {
  readonly random: RandomStream;
  /** The true maps of all scenes of the study. */
  readonly maps: readonly CognitiveMap[];
}

/** Makes an imagined map of a true one. */
export type Imagine = (truth: CognitiveMap, surroundings: Surroundings) => CognitiveMap;

const CELLS: readonly Cell[] = Array.from({ length: GRID ** 2 }, (_, index) => [
  index % GRID,
  Math.floor(index / GRID),
]);

function pick<Item>(random: RandomStream, items: readonly Item[]): Item {
  return items[Math.floor(random() * items.length)]!;
}

/** Another map for every cell of one. */
export function mapCells(map: CognitiveMap, change: (cell: Cell) => Cell): CognitiveMap {
  return Object.fromEntries(
    Object.entries(map).map(([category, cells]) => [category, cells.map(change)]),
  );
}

/** A cell at a distance of about `cells`, within half a cell; any direction that stays on the grid. */
function cellAt(random: RandomStream, [x, y]: Cell, cells: number): Cell {
  const ring = CELLS.filter(
    ([column, row]) => Math.abs(Math.hypot(column - x, row - y) - cells) <= 0.5,
  );
  return ring.length > 0 ? pick(random, ring) : [x, y];
}

/** Every object about so many cells away from its place. */
export function displaced(cells: number): Imagine {
  return (truth, { random }) => mapCells(truth, (cell) => cellAt(random, cell, cells));
}

/** One object, and no other, about so many cells away from its place. */
export function oneDisplaced(cells: number): Imagine {
  return (truth, { random }) => {
    let left = Math.floor(random() * Object.values(truth).flat().length);
    return mapCells(truth, (cell) => (left-- === 0 ? cellAt(random, cell, cells) : cell));
  };
}

/** Each object with this probability within a cell of its place, else where some object of some scene stands. */
export function knownShare(share: number): Imagine {
  return (truth, { random, maps }) =>
    mapCells(truth, (cell) => (random() < share ? near(cell, random) : anyPlace(random, maps)));
}

/** Each object with this probability within a cell of its place, else left out. */
export function knownOnly(share: number): Imagine {
  return (truth, { random }) => {
    const seen = Object.entries(truth).map(
      ([category, cells]) =>
        [
          category,
          cells.flatMap((cell) => (random() < share ? [near(cell, random)] : [])),
        ] as const,
    );
    return Object.fromEntries(seen.filter(([, cells]) => cells.length > 0));
  };
}

function near(cell: Cell, random: RandomStream): Cell {
  return pick(
    random,
    CELLS.filter(([x, y]) => Math.max(Math.abs(x - cell[0]), Math.abs(y - cell[1])) <= 1),
  );
}

function anyPlace(random: RandomStream, maps: readonly CognitiveMap[]): Cell {
  return pick(random, Object.values(pick(random, maps)).flat());
}

/** One object is forgotten. */
export const dropOne: Imagine = (truth, { random }) => {
  let left = Math.floor(random() * Object.values(truth).flat().length);
  const kept = Object.entries(truth).map(
    ([category, cells]) => [category, cells.filter(() => left-- !== 0)] as const,
  );
  return Object.fromEntries(kept.filter(([, cells]) => cells.length > 0));
};

/** One more object, of a category of the scene, in a random cell. */
export const inventOne: Imagine = (truth, { random }) => {
  const category = pick(random, Object.keys(truth));
  return { ...truth, [category]: [...truth[category]!, pick(random, CELLS)] };
};

/** One object of a category that is not there. */
export const inventCategory: Imagine = (truth, { random }) => ({
  ...truth,
  unicorn: [pick(random, CELLS)],
});

/** One change after the other. */
export function then(first: Imagine, second: Imagine): Imagine {
  return (truth, surroundings) => second(first(truth, surroundings), surroundings);
}

/** One object too few or too many, as likely. */
export const miscount: Imagine = (truth, surroundings) =>
  (surroundings.random() < 0.5 ? dropOne : inventOne)(truth, surroundings);

/** Random cells, right counts. */
export const randomCells: Imagine = (truth, { random }) =>
  mapCells(truth, () => pick(random, CELLS));

/** For each category the number of instances that some category of some scene has. */
export const otherCounts: Imagine = (truth, { random, maps }) =>
  Object.fromEntries(
    Object.keys(truth).map((category) => {
      const { length } = pick(random, Object.values(pick(random, maps)));
      return [category, Array.from({ length }, () => pick(random, CELLS))];
    }),
  );

/** Where objects of the studied scenes stand, right counts: what a model learns that never looks. */
export const otherPlaces: Imagine = (truth, { random, maps }) =>
  mapCells(truth, () => anyPlace(random, maps));

/** Everything in one cell. */
export function allAt(cell: Cell): Imagine {
  return (truth) => mapCells(truth, () => cell);
}

/** The first point of every category. */
export const oneEach: Imagine = (truth) =>
  Object.fromEntries(Object.entries(truth).map(([category, cells]) => [category, [cells[0]!]]));

/** The true places, dealt out to the objects anew. */
export const shuffledLabels: Imagine = (truth, { random }) => {
  const places = Object.values(truth).flat();
  return mapCells(truth, () => places.splice(Math.floor(random() * places.length), 1)[0]!);
};

/** A square of points in every category, whatever the counts: the spray that hopes to hit. */
export function sprayed(side: number): Imagine {
  const step = GRID / side;
  const points = Array.from({ length: side ** 2 }, (_, index): Cell => [
    Math.floor(((index % side) + 0.5) * step),
    Math.floor((Math.floor(index / side) + 0.5) * step),
  ]);
  return (truth) => Object.fromEntries(Object.keys(truth).map((category) => [category, points]));
}
