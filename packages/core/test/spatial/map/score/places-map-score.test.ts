import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { calibratedMapScore } from '../../../../src/spatial/map/score/calibrated-map-score.ts';
import {
  placesCredit,
  placesMapScore,
} from '../../../../src/spatial/map/score/places-map-score.ts';
import type { Cell, CognitiveMap } from '../../../../src/spec/index.ts';

const coordinate = fc.integer({ min: 0, max: 9 });
const cell = fc.tuple(coordinate, coordinate);
const cells = fc.array(cell, { minLength: 1, maxLength: 4 });
const category = fc.constantFrom('bed', 'chair', 'TV', 'lamp');
const map = fc.dictionary(category, cells, { minKeys: 1 });

type Scored = Extract<ReturnType<typeof placesMapScore>, { status: 'scored' }>;

function scored(imagined: CognitiveMap, truth: CognitiveMap): Scored {
  const found = placesMapScore(imagined, truth);
  if (found.status === 'scored') return found;
  throw new Error(found.reason);
}

const ROOM: CognitiveMap = {
  chair: [
    [1, 2],
    [2, 8],
  ],
  TV: [[8, 6]],
};

describe('the score of places', () => {
  test('is 1 for the true map, and less for every other', () => {
    const locatable = map.filter((truth) => placesMapScore(truth, truth).status === 'scored');
    fc.assert(
      fc.property(map, locatable, (imagined, truth) => {
        expect(scored(truth, truth).score).toBeCloseTo(1, 12);
        expect(scored(imagined, truth).score).toBeLessThanOrEqual(1 + 1e-12);
      }),
    );
  });

  test('charges an invented instance what a blind guess earns, and gives a missing one nothing', () => {
    const { chance } = scored(ROOM, ROOM);
    const invented = scored({ ...ROOM, TV: [[8, 6], [0, 0]] }, ROOM); // prettier-ignore
    expect(invented).toMatchObject({ credit: 1 - chance / 3, invented: 1, missing: 0 });
    const foreign = scored({ ...ROOM, rug: [[0, 0]] }, ROOM);
    expect(foreign.score).toBeCloseTo(invented.score, 12);
    expect(scored({ chair: ROOM['chair']! }, ROOM)).toMatchObject({ credit: 2 / 3, missing: 1 });
  });

  test('agrees with the calibrated score where the counts are right', () => {
    const moved = fc.tuple(cell, cell, cell);
    fc.assert(
      fc.property(moved, ([a, b, c]) => {
        const imagined = { chair: [a, b], TV: [c] };
        const other = calibratedMapScore(imagined, ROOM);
        expect(scored(imagined, ROOM).score).toBeCloseTo(
          other.status === 'scored' ? other.score : NaN,
          12,
        );
      }),
    );
  });

  test('of each category adds up to the credit, weighted by true instances', () => {
    const imagined = { chair: [[1, 2], [5, 5], [9, 9]], TV: [[7, 6]] } as const; // prettier-ignore
    const { credit, categories, chance } = scored({ ...imagined, rug: [[1, 1]] }, ROOM);
    const sum = categories.reduce(
      (all, one) => all + Math.max(1, one.true) * placesCredit().ofCategory(one, chance),
      0,
    );
    expect(categories.map(({ category }) => category)).toEqual(['chair', 'tv', 'rug']);
    expect(sum / 3).toBeCloseTo(credit, 12);
  });
});

describe('what a learner is told who is unsure whether a second chair is there', () => {
  /** Expected scores of drawing it and of leaving it out, with the belief that it is there, in any cell alike. */
  function expectation(
    scoreOf: typeof placesMapScore,
    belief: number,
    inventedCost?: number,
  ): { readonly drawn: number; readonly leftOut: number } {
    const at = (imagined: CognitiveMap, truth: CognitiveMap): number => {
      const found = scoreOf(imagined, truth, {
        ...(inventedCost !== undefined && { inventedCost }),
      });
      return found.status === 'scored' ? found.score : NaN;
    };
    const one: CognitiveMap = { chair: [[1, 2]], TV: [[8, 6]] };
    const two = (second: Cell): CognitiveMap => ({ ...one, chair: [[1, 2], second] });
    const places = Array.from({ length: 100 }, (_, index): Cell => [index % 10, Math.floor(index / 10)]); // prettier-ignore
    const mean = (imagined: CognitiveMap): number =>
      places.reduce((sum, place) => sum + at(imagined, two(place)) / places.length, 0);
    const middle = two([4, 4]);
    return {
      drawn: belief * mean(middle) + (1 - belief) * at(middle, one),
      leftOut: belief * mean(one) + (1 - belief) * at(one, one),
    };
  }

  test('to draw it when it is likelier there than not', () => {
    const likely = expectation(placesMapScore, 0.65);
    expect(likely.drawn).toBeGreaterThan(likely.leftOut);
    const unlikely = expectation(placesMapScore, 0.35);
    expect(unlikely.drawn).toBeLessThan(unlikely.leftOut);
  });

  test('to draw it earlier where inventing costs less', () => {
    const cheap = (belief: number) => expectation(placesMapScore, belief, 0.5);
    expect(cheap(0.4).drawn).toBeGreaterThan(cheap(0.4).leftOut);
    expect(cheap(0.25).drawn).toBeLessThan(cheap(0.25).leftOut);
  });

  test('where the soft F1 tells it to leave out what is almost certainly there', () => {
    const { drawn, leftOut } = expectation(calibratedMapScore, 0.95);
    expect(drawn).toBeLessThan(leftOut);
  });
});
