import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { randomStream, type CognitiveMap } from '@loci/core';
import * as perturb from '../../src/map-study/perturb.ts';
import { picture } from '../../src/map-study/pictures.ts';
import { LAYOUT_FILES, layoutScenes, roomScenes } from '../../src/map-study/scenes.ts';
import {
  calibrated,
  calibratedInFrame,
  isScored,
  places,
  reference,
} from '../../src/map-study/scorers.ts';
import { average } from '../../src/map-study/statistics.ts';
import { CENTRE, DISPLACEMENTS, RANDOM, studyOf, VARIANTS } from '../../src/map-study/study.ts';
import { aucTable, meansTable } from '../../src/map-study/tables.ts';

const ROOM: CognitiveMap = {
  chair: [
    [1, 2],
    [7, 8],
  ],
  desk: [[4, 5]],
};
const count = (map: CognitiveMap): number => Object.values(map).flat().length;
const surroundings = () => ({ random: randomStream(5), maps: [ROOM] });
const scenes = roomScenes(60, 1);

describe('maps of a known quality', () => {
  test.each(VARIANTS)('$name: on the grid, and the same again', ({ imagine }) => {
    const map = imagine(ROOM, surroundings());
    expect(imagine(ROOM, surroundings())).toEqual(map);
    for (const coordinate of Object.values(map).flat(2)) {
      expect(Number.isInteger(coordinate) && coordinate >= 0 && coordinate <= 9).toBe(true);
    }
  });

  test.each(DISPLACEMENTS)('displaced by %d: each object about as far', (cells) => {
    const map = perturb.displaced(cells)(ROOM, surroundings());
    for (const [category, places] of Object.entries(ROOM)) {
      places.forEach(([x, y], index) => {
        const [column, row] = map[category]![index]!;
        expect(Math.abs(Math.hypot(column - x, row - y) - cells)).toBeLessThanOrEqual(0.5);
      });
    }
  });

  test('one object too few, too many, elsewhere', () => {
    expect(count(perturb.dropOne(ROOM, surroundings()))).toBe(2);
    expect(count(perturb.inventOne(ROOM, surroundings()))).toBe(4);
    expect(perturb.inventCategory(ROOM, surroundings())).toHaveProperty('unicorn');
    const moved = perturb.oneDisplaced(3)(ROOM, surroundings());
    const places = (map: CognitiveMap) => Object.values(map).flat();
    const elsewhere = places(moved).filter(
      (place, index) => `${place}` !== `${places(ROOM)[index]}`,
    );
    expect(elsewhere).toHaveLength(1);
    const dealt = perturb.shuffledLabels(ROOM, surroundings());
    expect(places(dealt).map(String).sort()).toEqual(places(ROOM).map(String).sort());
  });
});

describe('the study on rooms', () => {
  test('the soft F1 earns more when doubtful objects are left out, and the score of places when they are guessed', () => {
    const study = studyOf(scenes, { seed: 1, maps: 10 });
    const variant = (name: string) => VARIANTS.find((one) => one.name === name)!;
    const mean = (name: string, scorer: typeof places): number =>
      average(study(variant(name), scorer).flat());
    const known = [75, 50].map((share) => `${share} % known, the rest`);
    for (const most of known) {
      expect(mean(`${most} guessed`, places)).toBeGreaterThan(mean(`${most} left out`, places));
    }
    const leftOut = mean(`${known[0]} left out`, calibratedInFrame);
    expect(leftOut).toBeGreaterThan(mean(`${known[0]} guessed`, calibratedInFrame));
  });

  const study = studyOf(scenes.filter(isScored), { seed: 1, maps: 6 });

  test('a blind guess earns about nothing, the true map everything; the reference gives it most', () => {
    for (const variant of [RANDOM, CENTRE]) {
      const scores = study(variant, calibrated).flat();
      expect(Math.abs(average(scores))).toBeLessThan(0.2);
      expect(average(scores.map((score) => Math.max(0, score)))).toBeLessThan(0.06);
      expect(average(study(variant, reference).flat())).toBeGreaterThan(0.6);
    }
    expect(study(VARIANTS[0]!, calibrated).flat()).toEqual(
      scenes.flatMap(() => [1, 1, 1, 1, 1, 1]),
    );
  });

  test('the tables have a line for each kind of map and for each comparison', () => {
    const few = studyOf(scenes.slice(0, 4), { seed: 1, maps: 2 });
    expect(meansTable(few).split('\n')).toHaveLength(VARIANTS.length + 2);
    const lines = aucTable(few).split('\n');
    expect(lines.at(-1)).toMatch(/^\| 25 % known.*\| 0\.\d{3} ± 0\.\d{3} \|$/);
    expect(new Set(lines.map((line) => line.split('|').length)).size).toBe(1);
  });

  test('the picture is the same again', () => {
    const draw = (): string => picture('Rooms', studyOf(scenes.slice(0, 3), { seed: 1, maps: 2 }));
    expect(draw()).toBe(draw());
    expect(draw()).toContain('reference score');
  });
});

describe('real layouts', () => {
  const folder = resolve(import.meta.dirname, '../../../../shared/data/scenes');
  const absent = LAYOUT_FILES.some((file) => !existsSync(join(folder, file)));
  if (absent) console.log(`the layouts of real scans are not in ${folder}: their test is skipped`);

  (absent ? test.skip : test)('have a question each, and blind guesses earn nothing', async () => {
    const layouts = await layoutScenes(folder);
    if (typeof layouts === 'string') throw new Error(layouts);
    expect(layouts.length).toBeGreaterThan(100);
    const small = layouts.filter(({ map }) => count(map) < 15).slice(0, 40);
    const study = studyOf(small, { seed: 1, maps: 4 });
    for (const variant of [RANDOM, CENTRE]) {
      const scores = study(variant, calibrated).flat();
      expect(average(scores.map((score) => Math.max(0, score)))).toBeLessThan(0.08);
    }
  });

  test('that are absent are named', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'loci-map-study-'));
    expect(await layoutScenes(empty)).toContain(`${LAYOUT_FILES[0]} is not there`);
    await rm(empty, { recursive: true });
  });
});
