/** A window of rooms that moves on: the same place gives the same room, and mirrors show it left for right. */
import { describe, expect, test } from '@jest/globals';
import { randomStream } from '@loci/core';
import { generateRoom, questionSceneOf } from '@loci/datasets';
import {
  drawAsked,
  FreshRooms,
  mirroredFrame,
  mirroredRoom,
} from '../../src/pretrain/fresh-rooms.ts';

const SEEN = { height: 28, width: 42 };

describe('the window', () => {
  test('draws the same rooms again after it was set up anew in the middle', () => {
    const through = new FreshRooms(5, 3, SEEN);
    through.draw(randomStream(1));
    through.moveTo(7);
    const anew = new FreshRooms(5, 3, SEEN);
    anew.moveTo(7);
    for (let seed = 0; seed < 6; seed++) {
      const [a, b] = [through.draw(randomStream(seed)), anew.draw(randomStream(seed))];
      expect(a.scene).toEqual(b.scene);
      if (seed === 0) expect(a.frames()).toEqual(b.frames());
    }
  });

  test('leaves old rooms behind', () => {
    const rooms = new FreshRooms(5, 2, SEEN);
    const seen = (from: number) => {
      rooms.moveTo(from);
      const maps = Array.from(
        { length: 12 },
        (_, seed) => rooms.draw(randomStream(seed)).scene.map,
      );
      return new Set(maps.map((map) => JSON.stringify(map)));
    };
    const before = seen(0);
    for (const map of seen(2)) expect(before).not.toContain(map);
  });
});

test('a mirror turns columns around and leaves rows', () => {
  const room = generateRoom(4);
  const { objects } = questionSceneOf(room);
  questionSceneOf(mirroredRoom(room)).objects.forEach(({ centre }, index) => {
    expect(centre[0]).toBeCloseTo(-objects[index]!.centre[0]);
    expect(centre[1]).toBe(objects[index]!.centre[1]);
  });
});

test('a mirrored frame, mirrored again, is the frame', () => {
  const frame = { width: 3, height: 2, pixels: Uint8Array.from({ length: 18 }, (_, at) => at) };
  const mirrored = mirroredFrame(frame);
  expect([...mirrored.pixels.subarray(0, 3)]).toEqual([6, 7, 8]);
  expect(mirroredFrame(mirrored)).toEqual(frame);
});

test('a kind that no room offers ends in an error', () => {
  const scene = { ...questionSceneOf(generateRoom(4)), objects: [], map: {} };
  expect(() => drawAsked(() => ({ scene }), ['counting'], randomStream(1))).toThrow(
    /None of 400 rooms/,
  );
});
