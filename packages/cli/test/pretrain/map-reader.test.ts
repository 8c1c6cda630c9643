/** Distances read off a map score better than the distance between the middles of the cells. */
import { expect, test } from '@jest/globals';
import { meanRelativeAccuracy } from '@loci/core';
import { CELL_M, generateRoom, questionSceneOf } from '@loci/datasets';
import { readDistance } from '../../src/pretrain/map-reader.ts';

test('a reading does not depend on direction or order', () => {
  expect(readDistance(-3, 4)).toBe(readDistance(4, 3));
});

test('far away it is about the distance between the middles', () => {
  expect(Math.abs(readDistance(3, 4) - 5 * CELL_M)).toBeLessThan(0.2);
});

test('over rooms it scores better than the middles of the cells', () => {
  const read: number[] = [];
  const middles: number[] = [];
  for (let seed = 0; seed < 60; seed++) {
    const { objects } = questionSceneOf(generateRoom(seed));
    for (const [index, a] of objects.entries()) {
      for (const b of objects.slice(index + 1)) {
        const metres = Math.hypot(a.centre[0] - b.centre[0], a.centre[1] - b.centre[1]);
        if (metres < 1 || metres > 5.1) continue;
        const [dx, dy] = [a.cell[0] - b.cell[0], a.cell[1] - b.cell[1]];
        read.push(meanRelativeAccuracy(readDistance(dx, dy), metres));
        middles.push(meanRelativeAccuracy(CELL_M * Math.hypot(dx, dy), metres));
      }
    }
  }
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(read.length).toBeGreaterThan(300);
  expect(mean(read)).toBeGreaterThan(mean(middles));
});
