import { describe, expect, test } from '@jest/globals';
import { LociError } from '@loci/core';
import fc from 'fast-check';
import { CAMERA_PATHS } from '../../src/rooms/camera.ts';
import { FURNITURE } from '../../src/rooms/catalogue.ts';
import { generateRoom } from '../../src/rooms/generate-room.ts';
import { cognitiveMapOf } from '../../src/rooms/grid.ts';
import type { PlacedPiece } from '../../src/rooms/scene.ts';
import { ENOUGH_SHARE } from '../../src/rooms/sighting.ts';

const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });

const overlap = (a: PlacedPiece, b: PlacedPiece): boolean =>
  [0, 1].every(
    (axis) =>
      Math.abs(a.centre[axis]! - b.centre[axis]!) < (a.size[axis]! + b.size[axis]!) / 2 - 1e-9,
  );

describe('generateRoom', () => {
  test('the same seed gives the same room, another seed another one', () => {
    expect(generateRoom(5)).toEqual(generateRoom(5));
    expect(generateRoom(5)).not.toEqual(generateRoom(6));
  });

  test('rooms keep to the design: sizes, numbers, no overlaps, everything seen', () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom(...CAMERA_PATHS), (seed, path) => {
        const { size, objects, decor } = generateRoom(seed, { cameraPaths: [path] });
        for (const side of size.slice(0, 2)) {
          expect(side).toBeGreaterThanOrEqual(3.5);
          expect(side).toBeLessThanOrEqual(7);
        }
        const counts = Object.values(cognitiveMapOf({ objects }));
        expect(counts.length).toBeGreaterThanOrEqual(3);
        expect(counts.length).toBeLessThanOrEqual(5);
        expect(objects.length).toBeLessThanOrEqual(7);
        expect(Math.max(...counts.map((same) => same.length))).toBeLessThanOrEqual(2);
        const standing = [
          ...objects,
          ...decor.filter(({ elevation, size: s }) => elevation === 0 && s[2] > 0.02),
        ];
        for (const [index, a] of objects.entries()) {
          for (const axis of [0, 1]) {
            expect(Math.abs(a.centre[axis]!) + a.size[axis]! / 2).toBeLessThanOrEqual(
              size[axis]! / 2 + 1e-9,
            );
          }
          for (const b of standing.slice(index + 1)) {
            if (b.category !== 'door') expect(overlap(a, b)).toBe(false);
          }
          expect(a.sighting.largestShare).toBeGreaterThanOrEqual(ENOUGH_SHARE);
          expect(a.sighting.firstSeen).toBeGreaterThanOrEqual(0);
          const factor = a.size[2] / FURNITURE[a.category]!.size[2];
          expect(factor).toBeGreaterThan(0.73);
          expect(factor).toBeLessThan(1.32);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('rooms vary: categories, floors, wall patterns and distractors all occur', () => {
    const rooms = Array.from({ length: 60 }, (_, seed) => generateRoom(seed));
    const kinds = (values: readonly string[]): number => new Set(values).size;
    expect(kinds(rooms.flatMap(({ objects }) => objects.map(({ category }) => category)))).toBe(8);
    expect(
      kinds(rooms.flatMap(({ decor }) => decor.map(({ category }) => category))),
    ).toBeGreaterThan(5);
    expect(kinds(rooms.map(({ look }) => look.floor))).toBe(3);
    expect(kinds(rooms.map(({ look }) => look.wallPattern))).toBe(3);
  });

  test('maxInstances is an option', () => {
    const rooms = Array.from({ length: 20 }, (_, seed) => generateRoom(seed, { maxInstances: 1 }));
    for (const { objects } of rooms) {
      expect(new Set(objects.map(({ category }) => category)).size).toBe(objects.length);
    }
  });

  test('bad options are refused', () => {
    expect(() => generateRoom(1, { cameraPaths: [] })).toThrow(LociError);
    expect(() => generateRoom(1, { maxInstances: 0 })).toThrow(/maxInstances/u);
  });
});
