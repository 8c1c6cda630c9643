import { describe, expect, test } from '@jest/globals';
import { takeChosen } from '../../src/devices/take-chosen.ts';

describe('taking what was chosen', () => {
  const names = ['fast', 'slow'] as const;
  const take = (choice: 'auto' | (typeof names)[number], there: readonly string[]) =>
    takeChosen('sort of engine', choice, names, async (name) =>
      there.includes(name) ? { size: name.length } : { missing: `no ${name}`, help: `get ${name}` },
    );

  test('auto takes the first that is there, and says what speaks against those before it', async () => {
    expect(await take('auto', ['fast', 'slow'])).toEqual({
      name: 'fast',
      found: { size: 4 },
      why: 'the first available',
    });
    expect(await take('auto', ['slow'])).toMatchObject({
      name: 'slow',
      why: 'the first available; passed over: no fast',
    });
    await expect(take('auto', [])).rejects.toThrow(
      'no sort of engine starts here: no fast; no slow. Fix: get slow',
    );
  });

  test('what was asked for is taken, or what it lacks is said', async () => {
    expect(await take('slow', ['fast', 'slow'])).toMatchObject({ name: 'slow', why: 'as chosen' });
    await expect(take('fast', ['slow'])).rejects.toMatchObject({
      code: 'engine-unavailable',
      message: 'the sort of engine "fast" is not available: no fast. Fix: get fast',
    });
  });
});
