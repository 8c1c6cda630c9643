import { describe, expect, test } from '@jest/globals';
import { sceneMapSvg } from '../../../src/spatial/scene-map/draw.ts';
import { scoreBoxMap } from '../../../src/spatial/scene-map/score-boxes.ts';
import { scoreSceneMap } from '../../../src/spatial/scene-map/score-scene-map.ts';
import { scoreViewMap } from '../../../src/spatial/scene-map/score-views.ts';
import type { BoxMap, Facing, PlacedOnGrid, ViewMap } from '../../../src/spec/index.ts';
import { BOXES, VIEWS } from './scene-maps.ts';

const RIGHT: Readonly<Record<string, Facing>> = {
  up: 'right',
  right: 'down',
  down: 'left',
  left: 'up',
};

/** A quarter turn to the right about the middle of the grid. */
function turnedRight(map: ViewMap): ViewMap {
  const turn = (one: PlacedOnGrid): PlacedOnGrid => ({
    name: one.name,
    position: [9 - one.position[1], one.position[0]],
    ...(one.facing && { facing: RIGHT[one.facing] ?? one.facing }),
  });
  return { ...map, objects: map.objects.map(turn), views: map.views.map(turn) };
}

const shifted = (map: BoxMap, x: number, y: number): BoxMap => ({
  ...map,
  boxes: map.boxes.map((box) => ({ ...box, centre: [box.centre[0] + x, box.centre[1] + y] })),
});

describe('things and views', () => {
  test('the true map scores 1, whichever way it is turned', () => {
    let turned = VIEWS;
    for (const quarterTurns of [0, 3, 2, 1]) {
      expect(scoreViewMap(turned, VIEWS)).toEqual({
        ...{ score: 1, directions: 1, facing: 1, quarterTurns, missing: 0, invented: 0 },
      });
      turned = turnedRight(turned);
    }
  });

  test('a mirrored map does not, and neither does one with turned things', () => {
    const mirror = (one: PlacedOnGrid): PlacedOnGrid => ({
      ...one,
      position: [9 - one.position[0], one.position[1]],
    });
    const mirrored = {
      ...VIEWS,
      objects: VIEWS.objects.map(mirror),
      views: VIEWS.views.map(mirror),
    };
    expect(scoreViewMap(mirrored, VIEWS).score).toBeLessThan(0.9);
    const [chair, ...others] = VIEWS.objects;
    const objects = [{ ...chair!, facing: 'left' as const }, ...others];
    const { score, directions, facing } = scoreViewMap({ ...VIEWS, objects }, VIEWS);
    expect({ directions, facing }).toEqual({ directions: 1, facing: 2 / 3 });
    expect(score).toBeCloseTo(0.7 + 0.3 * (2 / 3), 12);
  });

  test('instances may be numbered in any order', () => {
    const [first, second, table] = VIEWS.objects;
    const objects = [{ ...first!, name: 'Chair 2' }, { ...second!, name: 'chair' }, table!];
    expect(scoreViewMap({ ...VIEWS, objects }, VIEWS).score).toBe(1);
  });

  test('what is missing costs its pairs, and what is invented is counted', () => {
    const objects = [VIEWS.objects[0]!, { name: 'piano', position: [0, 0] as const }];
    const { directions, missing, invented } = scoreViewMap({ ...VIEWS, objects }, VIEWS);
    // Of six pairs only that of a chair and the view is left.
    expect(directions).toBeCloseTo(1 / 6, 12);
    expect({ missing, invented }).toEqual({ missing: 2, invented: 1 });
  });

  test('without facings the directions alone count; one thing is right when it is there', () => {
    const one: ViewMap = {
      format: 'mindcube',
      objects: [{ name: 'bed', position: [1, 1] }],
      views: [],
    };
    expect(scoreViewMap({ ...one, objects: [{ name: 'bed', position: [8, 8] }] }, one).score).toBe(
      1,
    );
    expect(scoreViewMap({ ...one, objects: [{ name: 'sofa', position: [1, 1] }] }, one).score).toBe(
      0,
    );
  });
});

describe('boxes', () => {
  test('the true boxes score 1, wherever the origin is and whichever way they are turned', () => {
    expect(scoreBoxMap(BOXES, BOXES).score).toBe(1);
    expect(scoreBoxMap(shifted(BOXES, 3, -2), BOXES).score).toBeCloseTo(1, 12);
    const turned: BoxMap = {
      ...BOXES,
      boxes: BOXES.boxes.map(({ name, centre: [x, y], size: [width, depth] }) => ({
        ...{ name, centre: [y, -x] as const, size: [depth, width] as const },
      })),
    };
    expect(scoreBoxMap(turned, BOXES)).toMatchObject({ score: 1, quarterTurns: 1 });
  });

  test('a wrong scale costs distances and sizes, and keeps directions', () => {
    const doubled: BoxMap = {
      ...BOXES,
      boxes: BOXES.boxes.map(({ name, centre: [x, y], size: [width, depth] }) => ({
        ...{ name, centre: [2 * x, 2 * y] as const, size: [2 * width, 2 * depth] as const },
      })),
    };
    expect(scoreBoxMap(doubled, BOXES)).toMatchObject({ directions: 1, distances: 0, sizes: 0 });
  });

  test('an invented box costs a share, a missing one its relations', () => {
    const surplus = { ...BOXES, boxes: [...BOXES.boxes, { ...BOXES.boxes[0]!, name: 'tv' }] };
    expect(scoreBoxMap(surplus, BOXES).score).toBeCloseTo(3 / 4, 12);
    const fewer = { ...BOXES, boxes: BOXES.boxes.slice(0, 2) };
    expect(scoreBoxMap(fewer, BOXES)).toMatchObject({ missing: 1, distances: 1 / 3 });
  });
});

test('maps of two forms are not compared', () => {
  expect(scoreSceneMap(BOXES, VIEWS)).toBeUndefined();
});

test('many things of one kind are scored in time', () => {
  const objects = Array.from({ length: 40 }, (_, index): PlacedOnGrid => ({
    ...{ name: `chair ${index}`, position: [index % 10, Math.floor(index / 10)] },
  }));
  const began = performance.now();
  expect(scoreViewMap({ ...VIEWS, objects }, { ...VIEWS, objects }).score).toBe(1);
  expect(performance.now() - began).toBeLessThan(2000);
});

test.each([VIEWS, BOXES])(
  'a drawing of $format names every thing and lets no name break out',
  (map) => {
    const named = JSON.parse(JSON.stringify(map).replaceAll('chair', '<b>&chair')) as typeof map;
    const svg = sceneMapSvg(named, [], 'a "map"');
    expect(svg).toContain('&lt;b&gt;&amp;chair');
    expect(svg).not.toContain('<b>');
    expect(svg).toContain('aria-label="a &quot;map&quot;"');
  },
);
