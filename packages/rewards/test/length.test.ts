import { describe, expect, test } from '@jest/globals';
import { length } from '../src/length.ts';
import { earlier, score, texts, valuesOf } from './score.ts';

const group = texts(['a', 'b', 'c', 'd'], [319, 320, 512, 513]);

describe('the length bonus', () => {
  test('goes to good completions within the bounds, both included', async () => {
    const outcomes = earlier({ answer: [1, 1, 1, 1] });
    expect(valuesOf(await score(length, group, { outcomes }))).toEqual([0, 0.2, 0.2, 0]);
  });

  test('needs more than one good completion', async () => {
    const alone = earlier({ answer: [0, 1, 0.1, 0] });
    expect(valuesOf(await score(length, group, { outcomes: alone }))).toEqual([0, 0, 0, 0]);
    const two = earlier({ answer: [0, 1, 0.1, 0], map: [0, 0, 0.1, 0] });
    expect(valuesOf(await score(length, group, { outcomes: two }))).toEqual([0, 0.2, 0.2, 0]);
  });

  test('the map counts, and can take goodness away', async () => {
    const outcomes = earlier({ answer: [1, 1, 1, 1], map: [0, -1, 0.5, 0] });
    const found = await score(length, group, { outcomes });
    expect(valuesOf(found)).toEqual([0, 0, 0.2, 0]);
    expect(found.map(({ reason }) => reason)).toEqual([
      '319 tokens',
      'not a good completion',
      undefined,
      '513 tokens',
    ]);
  });

  test('without accuracies there is nothing to say', async () => {
    expect(valuesOf(await score(length, group))).toEqual(Array(4).fill('abstained'));
    const outcomes = new Map([
      ['answer', group.map(() => ({ status: 'failed', reason: 'x' }) as const)],
    ]);
    expect(valuesOf(await score(length, group, { outcomes }))).toEqual(Array(4).fill('abstained'));
  });

  test('bounds the wrong way round are refused', () => {
    expect(() => length.options.parse({ minTokens: 10, maxTokens: 5 })).toThrow('minTokens');
  });
});
