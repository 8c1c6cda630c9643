import { describe, expect, test } from '@jest/globals';
import { drawToken, logSoftmax } from '../../../src/testing/parts/draw-token.ts';
import { randomStream } from '../../../src/random/seed.ts';

describe('drawToken', () => {
  const logits = Float64Array.from([0, 3, 2, 1, -1]);
  const plain = { temperature: 1, topP: 1, topK: 0, repetitionPenalty: 1, maxNewTokens: 1 };
  const drawn = (
    parameters: Partial<typeof plain>,
    history: readonly number[] = [],
  ): ReadonlySet<number> => {
    const random = randomStream(1);
    return new Set(
      Array.from({ length: 400 }, () =>
        drawToken(logits, { ...plain, ...parameters }, history, random),
      ),
    );
  };

  test('filters as the parameters say', () => {
    expect(drawn({ temperature: 0 })).toEqual(new Set([1]));
    expect(drawn({ topK: 2 })).toEqual(new Set([1, 2]));
    expect(drawn({ topP: 0.1 })).toEqual(new Set([1]));
    expect(drawn({ temperature: 0, repetitionPenalty: 10 }, [1])).toEqual(new Set([2]));
    expect(drawn({}).size).toBe(5);
  });

  test('draws in proportion to the probabilities', () => {
    const random = randomStream(9);
    const draws = Array.from({ length: 4000 }, () => drawToken(logits, plain, [], random));
    const expected = logSoftmax(logits).map(Math.exp);
    for (const [token, probability] of expected.entries()) {
      expect(draws.filter((drawnToken) => drawnToken === token).length / 4000).toBeCloseTo(
        probability,
        1,
      );
    }
  });

  test('takes the logits of a whole vocabulary', () => {
    const many = new Float64Array(151_936);
    expect(logSoftmax(many)[7]).toBeCloseTo(-Math.log(151_936));
  });
});
