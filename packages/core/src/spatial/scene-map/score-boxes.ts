/** How well imagined boxes in meters agree with the true ones: by relations between them, so that origin and heading do not matter. The score is ours. */
import type { BoxFromAbove, BoxMap } from '../../spec/index.ts';
import { directionAgreement, pairingsOf, turnedPoint } from './pairing.ts';
import { surplus } from './score-views.ts';

/** The score with what it is made of. */
export interface BoxMapScore {
  /** 0…1. */
  readonly score: number;
  /** Agreement of the directions between boxes, 0…1. */
  readonly directions: number;
  /** Mean relative accuracy of the distances between middles, 0…1. */
  readonly distances: number;
  /** Mean relative accuracy of the extents, 0…1. */
  readonly sizes: number;
  /** Quarter turns to the left that lay the imagined map best on the true one. */
  readonly quarterTurns: number;
  readonly missing: number;
  readonly invented: number;
}

const WEIGHTS = { directions: 0.4, distances: 0.4, sizes: 0.2 } as const;

/** Meters up to which two boxes count as beside each other. */
const WITHIN = 0.25;

/** 0.4 directions + 0.4 distances + 0.2 sizes by the best of four quarter turns, times true boxes / (true boxes + invented ones). */
export function scoreBoxMap(imagined: BoxMap, truth: BoxMap): BoxMapScore {
  const [wanted, found] = [truth.boxes, imagined.boxes];
  const pairings = pairingsOf(
    wanted.map(({ name }) => name),
    found.map(({ name }) => name),
  );
  const invented = surplus(wanted, found);
  let best: BoxMapScore | undefined;
  for (let quarterTurns = 0; quarterTurns < 4; quarterTurns++) {
    const turned = found.map((box) => turnedBox(box, quarterTurns));
    for (const pairing of pairings) {
      const paired = pairing.map((index) => (index === undefined ? undefined : turned[index]));
      const directions = directionAgreement(
        wanted.map(({ centre }) => centre),
        paired.map((box) => box?.centre),
        WITHIN,
      );
      const distances = distanceAccuracy(wanted, paired);
      const sizes = sizeAccuracy(wanted, paired);
      const sum =
        WEIGHTS.directions * directions + WEIGHTS.distances * distances + WEIGHTS.sizes * sizes;
      const score = (sum * wanted.length) / (wanted.length + invented);
      if (best !== undefined && score <= best.score) continue;
      const missing = paired.filter((box) => box === undefined).length;
      best = { score, directions, distances, sizes, quarterTurns, missing, invented };
    }
  }
  return best!;
}

/** To the left, as y grows upwards. */
function turnedBox(
  { name, centre, size: [width, depth] }: BoxFromAbove,
  turns: number,
): BoxFromAbove {
  const size = turns % 2 === 0 ? ([width, depth] as const) : ([depth, width] as const);
  return { name, centre: turnedPoint(centre, turns), size };
}

type Paired = readonly (BoxFromAbove | undefined)[];

function distanceAccuracy(truth: readonly BoxFromAbove[], paired: Paired): number {
  if (truth.length === 1) return paired[0] === undefined ? 0 : 1;
  const accuracies: number[] = [];
  for (const [index, box] of truth.entries()) {
    for (let other = 0; other < index; other++) {
      const [from, to] = [paired[index], paired[other]];
      const isThere = from !== undefined && to !== undefined;
      const apart = distance(box, truth[other]!);
      accuracies.push(isThere ? accuracy(distance(from, to), apart) : 0);
    }
  }
  return mean(accuracies);
}

function sizeAccuracy(truth: readonly BoxFromAbove[], paired: Paired): number {
  return mean(
    truth.flatMap(({ size }, index) =>
      size.map((extent, axis) => {
        const found = paired[index]?.size[axis];
        return found === undefined ? 0 : accuracy(found, extent);
      }),
    ),
  );
}

function distance(a: BoxFromAbove, b: BoxFromAbove): number {
  return Math.hypot(a.centre[0] - b.centre[0], a.centre[1] - b.centre[1]);
}

/** 1 less the relative error, from 0; things in one place are right when they are imagined within reach of each other. */
function accuracy(found: number, truth: number): number {
  return Math.max(0, 1 - Math.abs(found - truth) / Math.max(truth, WITHIN));
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
