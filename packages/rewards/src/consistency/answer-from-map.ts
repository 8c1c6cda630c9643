/** Answers a question from an imagined map. */
import type { Cell } from '@loci/core';
import { directionOf } from './direction.ts';
import { isWithinReach } from './imagined-map.ts';
import type { ImaginedMap } from './imagined-map.ts';
import type { MapQuestion } from './question.ts';

/** How a map is interpreted. */
export interface MapReading {
  /** Side of a square cell in meters; without it distances are in cells. */
  readonly cellMetres?: number | undefined;
  /** Whether rows grow away from the viewer of the map (up) or toward the viewer (down). */
  readonly rows: 'up' | 'down';
}

/** The answer of a map to a question, or why the map leaves it open. */
export type MapAnswer =
  /** The canonical name of one option. */
  | { readonly word: string }
  | { readonly count: number }
  /** Meters, both included: the map does not tell where in its cell a thing is. */
  | { readonly least: number; readonly most: number }
  | { readonly open: string };

/** The number of cells of a 10×10 grid. More points of one category make no sense, and cost time. */
const MOST_INSTANCES = 100;

/** The answer of a map to a question. A missing object leaves the question open. */
export function answerFromMap(
  question: MapQuestion,
  map: ImaginedMap,
  { cellMetres = 1, rows }: MapReading,
): MapAnswer {
  const problem = namesOf(question)
    .map((name) => problemWith(map, name))
    .find(Boolean);
  if (problem !== undefined) return { open: problem };
  switch (question.asks) {
    case 'count':
      return { count: map.get(question.category)!.length };
    case 'closest':
      return closestOf(question, map);
    case 'direction': {
      const { observer, faced, target, level } = question;
      return onlyOnes(map, [observer, faced, target], ([at, toward, sought]) =>
        directionOf({ observer: at!, faced: toward!, target: sought! }, level, rows === 'down'),
      );
    }
    case 'distance':
      return onlyOnes(map, [question.from, question.to], ([from, to]) =>
        distanceBetween(from!, to!, cellMetres),
      );
    default:
      return question satisfies never;
  }
}

/** All objects that a question names, in canonical form; the map must have each of them. */
export function namesOf(question: MapQuestion): readonly string[] {
  switch (question.asks) {
    case 'count':
      return [question.category];
    case 'closest':
      return [question.anchor, ...question.options.map(({ name }) => name)];
    case 'direction':
      return [question.observer, question.faced, question.target];
    case 'distance':
      return [question.from, question.to];
    default:
      return question satisfies never;
  }
}

function problemWith(map: ImaginedMap, name: string): string | undefined {
  const cells = map.get(name);
  if (cells === undefined) return `the map has no ${name}`;
  return cells.every(isWithinReach) ? undefined : `the map has a ${name} beyond any grid`;
}

/** For questions about unique objects: several instances of one leave the question open. */
function onlyOnes(
  map: ImaginedMap,
  names: readonly string[],
  answer: (cells: readonly Cell[]) => MapAnswer,
): MapAnswer {
  const several = names.find((name) => map.get(name)!.length > 1);
  if (several !== undefined) return { open: `the map has more than one ${several}` };
  return answer(names.map((name) => map.get(name)![0]!));
}

/** The closest option. Of several instances of an object the nearest counts, as in VSI-Bench. */
function closestOf(
  { anchor, options }: Extract<MapQuestion, { asks: 'closest' }>,
  map: ImaginedMap,
): MapAnswer {
  const anchors = map.get(anchor)!;
  const crowded = [anchor, ...options.map(({ name }) => name)].find(
    (name) => map.get(name)!.length > MOST_INSTANCES,
  );
  if (crowded !== undefined) return { open: `the map has more of ${crowded} than cells` };
  const squares = options.map(({ name }) =>
    Math.min(
      ...map.get(name)!.flatMap((cell) => anchors.map((other) => squaredCells(cell, other))),
    ),
  );
  const least = Math.min(...squares);
  const nearest = options.filter((_, index) => squares[index] === least);
  return nearest.length === 1
    ? { word: nearest[0]!.name }
    : { open: `the map has ${nearest.map(({ name }) => name).join(' and ')} equally near` };
}

function squaredCells([ax, ay]: Cell, [bx, by]: Cell): number {
  return (ax - bx) ** 2 + (ay - by) ** 2;
}

/** The range of distances between two points that lie anywhere in their cells. */
function distanceBetween([ax, ay]: Cell, [bx, by]: Cell, cellMetres: number): MapAnswer {
  const [columns, rows] = [Math.abs(ax - bx), Math.abs(ay - by)];
  return {
    least: cellMetres * Math.hypot(Math.max(columns - 1, 0), Math.max(rows - 1, 0)),
    most: cellMetres * Math.hypot(columns + 1, rows + 1),
  };
}
