import { describe, expect, test } from '@jest/globals';
import { scoreInTurn } from '../../src/serve/score-in-turn.ts';

const numbers = Array.from({ length: 60 }, (_, index) => index);
const never = new AbortController().signal;

describe('scoreInTurn', () => {
  test('keeps the order, whatever is done first', async () => {
    const results = await scoreInTurn(
      numbers,
      async (number, index) => {
        if (number % 7 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
        return [number, index];
      },
      { patience: never, atOnce: 4 },
    );
    expect(results).toEqual(numbers.map((number) => [number, number]));
  });

  test('does a few at once, and lets the rest of the process have its turn between them', async () => {
    let turns = 0;
    let going = true;
    const count = (): void => {
      turns++;
      if (going) setImmediate(count);
    };
    setImmediate(count);
    let under = 0;
    let most = 0;
    await scoreInTurn(
      numbers,
      async () => {
        most = Math.max(most, ++under);
        await Promise.resolve();
        under--;
      },
      { patience: never, atOnce: 3 },
    );
    going = false;
    expect(most).toBe(3);
    expect(turns).toBeGreaterThanOrEqual(numbers.length / 3 - 1);
  });

  test('stops between items when patience ends, with the reason', async () => {
    const controller = new AbortController();
    let done = 0;
    const scoring = scoreInTurn(
      numbers,
      async () => {
        done++;
        if (done === 5) controller.abort(new Error('enough'));
      },
      { patience: controller.signal, atOnce: 1 },
    );
    await expect(scoring).rejects.toThrow('enough');
    expect(done).toBe(5);
  });

  test('nothing to do is done', async () => {
    expect(await scoreInTurn([], async () => 1, { patience: never, atOnce: 8 })).toEqual([]);
  });
});
