import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { definePlugin } from '../../src/plugin/define-plugin.ts';
import { randomStream } from '../../src/random/seed.ts';
import {
  describeDatasetContract,
  describePolicyContract,
  describeRewardContract,
  fakeDataset,
  fakePolicy,
  fakeSample,
} from '../../src/testing/index.ts';
import { drawToken, logSoftmax } from '../../src/policy/draw-token.ts';

describePolicyContract({
  name: 'fake policy',
  create: async () => fakePolicy({ seed: 2 }),
  messages: [
    {
      role: 'user',
      parts: [
        { type: 'media', media: { kind: 'video', path: '/videos/a.mp4' } },
        { type: 'text', text: 'A or B' },
      ],
    },
  ],
});

describeDatasetContract({
  name: 'fake dataset',
  create: () =>
    fakeDataset({
      train: [fakeSample({ id: 'a', map: { chair: [[0, 9]] } }), fakeSample({ id: 'b' })],
      test: [fakeSample({ id: 'c' })],
    }),
});

describeRewardContract({
  plugin: definePlugin({
    kind: 'reward',
    name: 'says-b',
    description: 'One point for the letter B alone.',
    options: z.strictObject({}),
    create: () => ({
      range: [0, 1],
      score: ({ completions }) =>
        completions.map(({ text }) => ({ status: 'scored', value: text === 'B' ? 1 : 0 })),
    }),
  }),
  sample: fakeSample(),
  gold: 'B',
});

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
});
