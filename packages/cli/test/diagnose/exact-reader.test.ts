/** The exact reader answers generated questions rightly from their maps, and other rooms have answers of their own. */
import { describe, expect, test } from '@jest/globals';
import { extractSolution, meanRelativeAccuracy, randomStream } from '@loci/core';
import { roomSeries, type AskedQuestion } from '@loci/datasets';
import { readMap } from '../../src/diagnose/exact-reader.ts';
import { MAP_KINDS } from '../../src/pretrain/map-reader.ts';
import { foreignMap, noisyMap } from '../../src/diagnose/forced-maps.ts';
import { inWords, namedThings } from '../../src/diagnose/named-things.ts';
import { truthIn } from '../../src/diagnose/truth-in-room.ts';

const series = [
  ...roomSeries({ seed: 3, split: 'test', scenes: 40, questionsPerScene: 3, kinds: MAP_KINDS }),
];
const asked = series.flatMap(({ questions }) => questions);
const truthOf = (question: AskedQuestion): string =>
  inWords(question, extractSolution(question.solution)!)!;

describe('the exact reader', () => {
  test.each(MAP_KINDS)('of %s answers from the true map', (kind) => {
    const own = asked.filter((question) => question.kind === kind);
    const scores = own.map((question) => {
      const read = readMap(question, question.map)!;
      const truth = truthOf(question);
      return question.options.length > 0
        ? Number(read === truth)
        : meanRelativeAccuracy(Number(read), Number(truth));
    });
    const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
    expect(own.length).toBeGreaterThan(5);
    if (kind === 'absolute-distance') expect(mean).toBeGreaterThan(0.7);
    else expect(mean).toBe(1);
  });

  test('has no answer without the named objects', () => {
    for (const question of asked) expect(readMap(question, {})).toBeUndefined();
  });
});

describe('another room', () => {
  test('has the same categories, and an answer of its own that the reader of its map gives', () => {
    for (const [index, question] of asked.entries()) {
      const { map, truth } = foreignMap(question, truthOf(question), randomStream(index));
      expect(Object.keys(map)).toEqual(Object.keys(question.map));
      if (truth === undefined) continue;
      expect(truth).not.toBe(truthOf(question));
      if (question.options.length > 0) expect(readMap(question, map)).toBe(truth);
    }
  });

  test('is found for nearly every question', () => {
    const found = asked.filter(
      (question, index) =>
        foreignMap(question, truthOf(question), randomStream(index)).truth !== undefined,
    );
    expect(found.length / asked.length).toBeGreaterThan(0.95);
  });

  test("gives the question's answer in the same room", () => {
    for (const { scene, questions } of series) {
      void scene;
      for (const question of questions) expect(namedThings(question).length).toBeGreaterThan(0);
    }
    const question = asked.find(({ kind }) => kind === 'counting')!;
    const objects: never[] = [];
    const room = { objects, map: question.map, metricGrid: true };
    expect(truthIn(question, room)).toBe(truthOf(question));
  });
});

test('a noisy map has everything two cells away and nothing outside', () => {
  const map = noisyMap({ bed: [[0, 9]], chair: [[4, 4]] }, randomStream(2));
  const [bed, chair] = [map['bed']![0]!, map['chair']![0]!];
  expect(Math.abs(bed[0] - 0) + Math.abs(bed[1] - 9)).toBe(2);
  expect(Math.abs(chair[0] - 4) + Math.abs(chair[1] - 4)).toBe(2);
  for (const index of [...bed, ...chair]) expect(index >= 0 && index <= 9).toBe(true);
});
