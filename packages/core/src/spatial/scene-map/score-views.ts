/** How well an imagined map of things and views agrees with the true one, whichever way it is turned (after MindCube's score). */
import type { Facing, PlacedOnGrid, ViewMap } from '../../spec/index.ts';
import { directionAgreement, kindOfThing, pairingsOf, turnedPoint } from './pairing.ts';

/** The score with what it is made of. */
export interface ViewMapScore {
  /** 0…1. */
  readonly score: number;
  /** Agreement of the directions between things, 0…1. */
  readonly directions: number;
  /** Share of true facings that are found; absent where nothing has one. */
  readonly facing?: number;
  /** Clockwise quarter turns that lay the imagined map best on the true one. */
  readonly quarterTurns: number;
  readonly missing: number;
  readonly invented: number;
}

/** Weights of MindCube's score. */
const WEIGHTS = { directions: 0.7, facing: 0.3 } as const;

/** Cells up to which two things count as beside each other. */
const WITHIN = 0.5;

const CLOCKWISE: readonly Facing[] = ['up', 'right', 'down', 'left'];

/**
 * 0.7 of the direction agreement and 0.3 of the facings, by the best of four quarter turns; without facings the directions alone. What
 * agreement is between two things is ours (`directionAgreement`).
 */
export function scoreViewMap(imagined: ViewMap, truth: ViewMap): ViewMapScore {
  const wanted = [...truth.objects, ...truth.views];
  const found = [...imagined.objects, ...imagined.views];
  const pairings = pairingsOf(namesOf(wanted), namesOf(found));
  let best: ViewMapScore | undefined;
  for (let quarterTurns = 0; quarterTurns < 4; quarterTurns++) {
    const turned = found.map((one) => turnedOnGrid(one, quarterTurns));
    for (const pairing of pairings) {
      const paired = pairing.map((index) => (index === undefined ? undefined : turned[index]));
      const directions = directionAgreement(
        wanted.map(({ position }) => position),
        paired.map((one) => one?.position),
        WITHIN,
      );
      const facing = facingShare(wanted, paired);
      const score =
        facing === undefined
          ? directions
          : WEIGHTS.directions * directions + WEIGHTS.facing * facing;
      if (best !== undefined && score <= best.score) continue;
      best = {
        ...{ score, directions, quarterTurns },
        ...(facing !== undefined && { facing }),
        missing: paired.filter((one) => one === undefined).length,
        invented: surplus(wanted, found),
      };
    }
  }
  return best!;
}

function namesOf(placed: readonly PlacedOnGrid[]): readonly string[] {
  return placed.map(({ name }) => name);
}

/** Clockwise, as rows grow downwards. */
function turnedOnGrid(
  { name, position, facing }: PlacedOnGrid,
  quarterTurns: number,
): PlacedOnGrid {
  const place = facing === undefined ? -1 : CLOCKWISE.indexOf(facing);
  const way = place < 0 ? facing : CLOCKWISE[(place + quarterTurns) % 4];
  return { name, position: turnedPoint(position, quarterTurns), ...(way && { facing: way }) };
}

function facingShare(
  truth: readonly PlacedOnGrid[],
  paired: readonly (PlacedOnGrid | undefined)[],
): number | undefined {
  const facing = truth.flatMap((one, index) =>
    one.facing === undefined ? [] : [one.facing === paired[index]?.facing],
  );
  return facing.length === 0 ? undefined : facing.filter(Boolean).length / facing.length;
}

/** Imagined things beyond those of their kind that are there. */
export function surplus(
  truth: readonly { readonly name: string }[],
  imagined: readonly { readonly name: string }[],
): number {
  const left = truth.map(({ name }) => kindOfThing(name));
  let count = 0;
  for (const { name } of imagined) {
    const place = left.indexOf(kindOfThing(name));
    if (place < 0) count++;
    else left.splice(place, 1);
  }
  return count;
}
