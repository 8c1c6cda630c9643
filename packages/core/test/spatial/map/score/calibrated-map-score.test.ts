import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { randomStream } from '../../../../src/random/seed.ts';
import {
  CALIBRATED_CREDIT,
  calibratedMapScore,
  type CalibratedMapOptions,
} from '../../../../src/spatial/map/score/calibrated-map-score.ts';
import { chanceLevel } from '../../../../src/spatial/map/score/map-chance.ts';
import { scoreMap } from '../../../../src/spatial/map/score/map-score.ts';
import type { PointMap } from '../../../../src/spatial/map/read/point-map.ts';
import {
  MAP_SYMMETRIES,
  moveMap,
  symmetryElements,
} from '../../../../src/spatial/map/score/map-symmetries.ts';
import type { Cell, CognitiveMap } from '../../../../src/spec/index.ts';

const coordinate = fc.integer({ min: 0, max: 9 });
const cell = fc.tuple(coordinate, coordinate);
const cells = fc.array(cell, { minLength: 1, maxLength: 4 });
const category = fc.constantFrom('bed', 'chair', 'TV', 'lamp');
const map = fc.dictionary(category, cells, { minKeys: 1 });
const symmetries = fc.constantFrom(...MAP_SYMMETRIES);

type Scored = Extract<ReturnType<typeof calibratedMapScore>, { status: 'scored' }>;

/** The score; NaN for an abstention. */
function score(imagined: PointMap, truth: PointMap, options?: CalibratedMapOptions): number {
  const scored = calibratedMapScore(imagined, truth, options);
  return scored.status === 'scored' ? scored.score : NaN;
}

/** A map in which there is something to locate. */
const locatable = map.filter((truth) => !Number.isNaN(score(truth, truth)));

/** Nothing like any of its turned or mirrored selves. */
const ROOM: CognitiveMap = {
  chair: [
    [1, 2],
    [2, 8],
  ],
  TV: [[8, 6]],
  bed: [[5, 1]],
};

describe('the calibrated map score', () => {
  test('is exactly 1 for the true map, whatever counts as the same', () => {
    fc.assert(
      fc.property(map, symmetries, (truth, same) => {
        const scored = calibratedMapScore(truth, truth, { symmetries: same });
        if (scored.status === 'scored') expect(scored).toMatchObject({ score: 1, credit: 1 });
      }),
    );
  });

  test('any map gets a finite value of at most 1, on and off the grid', () => {
    const anyCell = fc.tuple(fc.double(), fc.double());
    const anyMap = fc.dictionary(
      fc.oneof(category, fc.string()),
      fc.array(fc.oneof(cell, anyCell), { maxLength: 6 }),
    );
    fc.assert(
      fc.property(anyMap, locatable, symmetries, (imagined, truth, same) => {
        const value = score(imagined, truth, { symmetries: same });
        if (Number.isNaN(value)) return;
        expect(Number.isFinite(value)).toBe(true);
        expect(value).toBeLessThanOrEqual(1 + 1e-12);
      }),
    );
  });

  test('falls strictly as one object leaves its place along a line, whatever stands near', () => {
    const angle = fc.double({ min: 0, max: 2 * Math.PI, noNaN: true });
    fc.assert(
      fc.property(locatable, fc.nat(), angle, (truth, which, direction) => {
        const all = Object.entries(truth).flatMap(([name, places]) =>
          places.map((_, index) => [name, index] as const),
        );
        const [name, index] = all[which % all.length]!;
        const [x, y] = truth[name]![index]!;
        const at = (cellsAway: number): number => {
          const moved: Cell = [
            x + cellsAway * Math.cos(direction),
            y + cellsAway * Math.sin(direction),
          ];
          return score({ ...truth, [name]: truth[name]!.with(index, [...moved]) }, truth);
        };
        const scores = [0, 0.25, 0.5, 1, 1.5, 2, 3, 4, 5, 6, 8, 10, 12, 14].map(at);
        expect(scores[0]).toBe(1);
        for (let step = 1; step < scores.length; step++) {
          expect(scores[step]!).toBeLessThan(scores[step - 1]!);
        }
      }),
    );
  });

  test('an object too many lowers it, of a known category or not, and so does one too few', () => {
    fc.assert(
      fc.property(locatable, cell, symmetries, fc.nat(), (truth, extra, same, which) => {
        const options = { symmetries: same };
        if (Number.isNaN(score(truth, truth, options))) return;
        const name = Object.keys(truth)[which % Object.keys(truth).length]!;
        const invented = { ...truth, [name]: [...truth[name]!, extra] };
        expect(score(invented, truth, options)).toBeLessThan(1);
        expect(score({ ...truth, unicorn: [extra] }, truth, options)).toBeLessThan(1);
        const missing = { ...truth, [name]: truth[name]!.slice(1) };
        expect(score(missing, truth, options)).toBeLessThan(1);
      }),
    );
  });

  test('says what is too many, what is missing, and how the map was moved', () => {
    const imagined: CognitiveMap = {
      chair: [[1, 2]],
      tv: [
        [8, 6],
        [0, 0],
      ],
      bed: [[5, 1]],
      unicorn: [[5, 5]],
    };
    expect(calibratedMapScore(imagined, ROOM)).toMatchObject({
      credit: 6 / 9,
      invented: 2,
      missing: 1,
      symmetry: { quarterTurns: 0, mirrored: false },
    });
    const turned = moveMap(ROOM, { quarterTurns: 3, mirrored: false });
    expect(calibratedMapScore(turned, ROOM, { symmetries: 'quarter-turns' })).toMatchObject({
      score: 1,
      symmetry: { quarterTurns: 1, mirrored: false },
    });
  });

  test('the case of categories does not matter', () => {
    expect(score({ CHAIR: ROOM['chair']!, tv: [[8, 6]], Bed: [[5, 1]] }, ROOM)).toBe(1);
  });

  test('a hundred thousand points of one category are scored, and lose', () => {
    const chair = Array.from({ length: 100_000 }, (_, index): Cell => [index % 97, index % 89]);
    const value = score({ ...ROOM, chair }, ROOM, { symmetries: 'quarter-turns-and-mirrors' });
    expect(value).toBeLessThan(0);
  });

  test('what is broken is an error', () => {
    expect(() => calibratedMapScore(ROOM, ROOM, { grid: 0 })).toThrow('positive whole number');
    expect(() => calibratedMapScore(ROOM, ROOM, { reach: 0 })).toThrow('reach');
    expect(() => calibratedMapScore({ a: [[1]] }, ROOM)).toThrow('two coordinates');
    expect(() => calibratedMapScore(ROOM, { a: [[NaN, 1]] })).toThrow('not finite');
  });
});

describe('symmetries', () => {
  test.each(MAP_SYMMETRIES)('%s: what is claimed makes no difference, what is not does', (same) => {
    const imagined: CognitiveMap = { ...ROOM, bed: [[6, 2]], unicorn: [[4, 4]] };
    const value = score(imagined, ROOM, { symmetries: same });
    for (const symmetry of symmetryElements('quarter-turns-and-mirrors')) {
      const moved = score(moveMap(imagined, symmetry), ROOM, { symmetries: same });
      const claimed = symmetryElements(same).some(
        ({ quarterTurns, mirrored }) =>
          quarterTurns === symmetry.quarterTurns && mirrored === symmetry.mirrored,
      );
      if (claimed) expect(moved).toBeCloseTo(value, 12);
      else expect(moved).toBeLessThan(value - 0.1);
    }
  });

  test('a shifted map is another map', () => {
    const shifted = Object.fromEntries(
      Object.entries(ROOM).map(([name, places]) => [
        name,
        places.map(([x, y]) => [x + 1, y] as const),
      ]),
    );
    expect(score(shifted, ROOM, { symmetries: 'quarter-turns-and-mirrors' })).toBeLessThan(0.8);
  });

  test('the chance level rises with what counts as the same', () => {
    const truth = Object.values(ROOM);
    const [least, more, most] = MAP_SYMMETRIES.map((same) =>
      chanceLevel(truth, { grid: 10, reach: 2, symmetries: same }),
    );
    expect(more!).toBeGreaterThan(least!);
    expect(most!).toBeGreaterThan(more!);
  });
});

describe('blind guesses', () => {
  test('random cells earn the chance level in the mean, where it is theirs', () => {
    const random = randomStream(3);
    const place = (): Cell => [Math.floor(random() * 10), Math.floor(random() * 10)];
    for (const same of MAP_SYMMETRIES) {
      const values = Array.from({ length: 2000 }, () =>
        score(
          { chair: [place(), place()], TV: [place()], bed: [place()] },
          { ...ROOM, TV: [[0, 9]] },
          { symmetries: same },
        ),
      );
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      expect(Math.abs(mean)).toBeLessThan(0.04);
    }
  });

  test('of one object far from the middle, random cells earn nothing exactly', () => {
    const values = Array.from({ length: 100 }, (_, index) =>
      score({ bed: [[index % 10, Math.floor(index / 10)]] }, { bed: [[0, 0]] }),
    );
    expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 9);
  });

  test('the reference gives everything at the centre more than the true places with one point a category', () => {
    const truth: CognitiveMap = {
      chair: [
        [4, 3],
        [6, 6],
      ],
      desk: [
        [3, 5],
        [6, 4],
      ],
    };
    const centre = {
      chair: [
        [5, 5],
        [5, 5],
      ],
      desk: [
        [5, 5],
        [5, 5],
      ],
    };
    const exact = { chair: [[4, 3]], desk: [[3, 5]] };
    expect(scoreMap(centre, truth)).toBeGreaterThan(scoreMap(exact, truth));
    expect(score(centre, truth)).toBeLessThan(0.01);
    expect(score(exact, truth)).toBeGreaterThan(0.2);
  });

  test('it abstains where there is nothing to locate', () => {
    expect(calibratedMapScore(ROOM, {})).toMatchObject({ status: 'abstained' });
    expect(calibratedMapScore(ROOM, { bed: [] })).toMatchObject({ status: 'abstained' });
    expect(calibratedMapScore(ROOM, { bed: [[4, 5]] })).toMatchObject({
      reason: 'a blind guess gets the true map right',
    });
  });
});

describe('the worth of each category', () => {
  const worths = (scored: Scored): ReadonlyMap<string, number> =>
    new Map(
      scored.categories.map((one) => [
        one.category,
        CALIBRATED_CREDIT.ofCategory(one, scored.chance),
      ]),
    );

  test('is 1 in its place, less where points are missing, and nothing where it is not there', () => {
    const scored = calibratedMapScore({ CHAIR: [[1, 2]], tv: [[8, 6]], rug: [[1, 1]] }, ROOM);
    if (scored.status !== 'scored') throw new Error('ROOM can be scored');
    const worth = worths(scored);
    expect(worth.get('tv')).toBeCloseTo(1);
    // One of two chairs: 2 · 1 / (1 + 2).
    expect(worth.get('chair')).toBeCloseTo(2 / 3);
    expect(worth.get('rug')).toBe(0);
    const nothing = { category: 'rug', credit: 0, imagined: 0, true: 0 };
    expect(CALIBRATED_CREDIT.ofCategory(nothing, scored.chance)).toBe(1);
  });

  test('adds up to the credit of the map, weighted by points', () => {
    fc.assert(
      fc.property(map, locatable, symmetries, (imagined, truth, chosen) => {
        const scored = calibratedMapScore(imagined, truth, { symmetries: chosen });
        if (scored.status !== 'scored') throw new Error('locatable');
        let [sum, total] = [0, 0];
        for (const name of new Set([...Object.keys(imagined), ...Object.keys(truth)])) {
          const points = (imagined[name]?.length ?? 0) + (truth[name]?.length ?? 0);
          total += points;
          sum += points * worths(scored).get(name.toLowerCase())!;
        }
        expect(sum / total).toBeCloseTo(scored.credit, 9);
      }),
    );
  });
});
