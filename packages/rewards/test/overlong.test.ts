import { describe, expect, test } from '@jest/globals';
import { overlong } from '../src/overlong.ts';
import { score, texts, valuesOf } from './score.ts';

const options = { maxTokens: 100, bufferTokens: 20 };

describe('the punishment of overlong completions', () => {
  test('begins where the buffer does, grows in a straight line, and is whole at the limit', async () => {
    const lengths = [1, 80, 81, 85, 90, 99, 100, 130];
    const group = texts(
      lengths.map(() => 'any text'),
      lengths,
    );
    const found = valuesOf(await score(overlong, group, { options }));
    expect(found).toEqual([0, 0, -0.05, -0.25, -0.5, -0.95, -1, -1]);
  });

  test('names the length where it takes something off', async () => {
    const found = await score(overlong, texts(['a', 'b'], [80, 90]), { options });
    expect(found.map(({ reason }) => reason)).toEqual([undefined, '90 tokens of 100']);
  });

  test('needs a buffer within the limit', () => {
    expect(() => overlong.options.parse({ maxTokens: 10, bufferTokens: 11 })).toThrow('buffer');
    expect(() => overlong.options.parse({ bufferTokens: 0 })).toThrow();
  });
});
