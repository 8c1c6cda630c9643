import { describe, expect, test } from '@jest/globals';
import type { Cell } from '@loci/core';
import fc from 'fast-check';
import { directionOf } from '../../src/consistency/direction.ts';
import type { DirectionLevel } from '../../src/consistency/question.ts';

const from = (target: Cell, level: DirectionLevel, mirrored = false) => {
  const answer = directionOf({ observer: [5, 5], faced: [5, 8], target }, level, mirrored);
  return 'word' in answer ? answer.word : 'open';
};

/** Facing up the map from [5, 5]: columns grow to the right, rows ahead. */
describe('three levels', () => {
  test.each<readonly [Cell, string, string, string]>([
    [[3, 8], 'left', 'left', 'front left'],
    [[8, 7], 'right', 'right', 'front right'],
    [[3, 4], 'left', 'left', 'back left'],
    [[7, 4], 'right', 'right', 'back right'],
    [[4, 2], 'left', 'back', 'back left'],
    [[6, 2], 'right', 'back', 'back right'],
    [[5, 9], 'open', 'open', 'open'],
    [[5, 1], 'open', 'back', 'open'],
    [[2, 5], 'left', 'left', 'open'],
    [[5, 5], 'open', 'open', 'open'],
  ])('%j is %s; %s; %s', (target, easy, medium, hard) => {
    expect([from(target, 'easy'), from(target, 'medium'), from(target, 'hard')]).toEqual([
      easy,
      medium,
      hard,
    ]);
  });

  test('back begins at 135 degrees, that angle included', () => {
    expect(from([3, 3], 'medium')).toBe('back');
    expect(from([2, 3], 'medium')).toBe('left');
    expect(from([3, 2], 'medium')).toBe('back');
  });

  test('where one stands on what is faced, nothing is told', () => {
    const place = { observer: [5, 5], faced: [5, 5], target: [1, 1] } as const;
    expect(directionOf(place, 'hard', false)).toHaveProperty('open');
  });
});

const coordinate = fc.integer({ min: -9, max: 9 });
const cell = fc.tuple(coordinate, coordinate);
const level = fc.constantFrom<DirectionLevel>('easy', 'medium', 'hard');
const EXCHANGED: Readonly<Record<string, string>> = { left: 'right', right: 'left' };
const mirrorWord = (answer: ReturnType<typeof directionOf>) =>
  'word' in answer ? answer.word.replace(/left|right/u, (side) => EXCHANGED[side]!) : 'open';
const wordOf = (answer: ReturnType<typeof directionOf>) =>
  'word' in answer ? answer.word : 'open';

test('turning and moving the map changes nothing; mirroring it exchanges left and right', () => {
  fc.assert(
    fc.property(cell, cell, cell, cell, level, (observer, faced, target, [dx, dy], which) => {
      const place = { observer, faced, target };
      const moved = (change: (cell: Cell) => Cell) => ({
        observer: change(observer),
        faced: change(faced),
        target: change(target),
      });
      const answer = directionOf(place, which, false);
      const turned = moved(([x, y]) => [dx - y, dy + x]);
      expect(wordOf(directionOf(turned, which, false))).toBe(wordOf(answer));
      const flipped = moved(([x, y]) => [x, -y]);
      expect(wordOf(directionOf(flipped, which, false))).toBe(mirrorWord(answer));
      expect(wordOf(directionOf(place, which, true))).toBe(mirrorWord(answer));
    }),
  );
});

test('the word is that of the angle', () => {
  fc.assert(
    fc.property(cell, cell, (faced, target) => {
      const ahead = Math.atan2(faced[1], faced[0]);
      const angle = ((Math.atan2(target[1], target[0]) - ahead) * 180) / Math.PI;
      const turn = angle > 180 ? angle - 360 : angle < -180 ? angle + 360 : angle;
      const answer = directionOf({ observer: [0, 0], faced, target }, 'medium', false);
      fc.pre('word' in answer && Math.abs(Math.abs(turn) - 135) > 1e-6);
      expect(wordOf(answer)).toBe(Math.abs(turn) > 135 ? 'back' : turn > 0 ? 'left' : 'right');
    }),
  );
});
