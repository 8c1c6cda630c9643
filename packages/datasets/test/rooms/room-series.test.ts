import { describe, expect, test } from '@jest/globals';
import { LociError } from '@loci/core';
import { roomSeed, roomSeries, type RoomSeriesOptions } from '../../src/rooms/room-series.ts';

const draw = (options: Partial<RoomSeriesOptions>) => [
  ...roomSeries({ seed: 1, split: 'train', scenes: 12, questionsPerScene: 2, ...options }),
];

describe('roomSeries', () => {
  test('the same options give the same series, and a longer one begins with the shorter', () => {
    expect(draw({})).toEqual(draw({}));
    expect(draw({ scenes: 20 }).slice(0, 12)).toEqual(draw({}));
    expect(draw({ seed: 2 })).not.toEqual(draw({}));
  });

  test('train and test never share a room', () => {
    const seeds = (split: 'train' | 'test') => draw({ split }).map(({ scene }) => scene.seed % 2);
    expect(new Set(seeds('train'))).toEqual(new Set([0]));
    expect(new Set(seeds('test'))).toEqual(new Set([1]));
    expect(roomSeed(7, 'test', 3, 0) % 2).toBe(1);
  });

  test('a room is asked different questions, all kinds equally often', () => {
    const series = draw({ scenes: 90, questionsPerScene: 3 });
    for (const { questions } of series) {
      expect(new Set(questions.map(({ problem }) => problem)).size).toBe(3);
    }
    const kinds = series.flatMap(({ questions }) => questions.map(({ kind }) => kind));
    const counts = [...new Set(kinds)].map(
      (kind) => kinds.filter((other) => other === kind).length,
    );
    expect(counts).toHaveLength(9);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(8);
  });

  test('what cannot be asked ends with an error that names it', () => {
    const asked = () => draw({ scenes: 1, kinds: ['room-size'], questionsPerScene: 2 });
    expect(asked).toThrow(LociError);
    expect(asked).toThrow(/2 new questions of the kinds room-size/u);
  });

  test.each(['corner-pan', 'wall-walk'] as const)(
    'all kinds can be asked on the path %s',
    (path) => {
      const kinds = draw({ cameraPaths: [path], scenes: 30 }).flatMap(({ questions }) =>
        questions.map(({ kind }) => kind),
      );
      expect(new Set(kinds).size).toBe(9);
    },
  );
});
