import { expect, test } from '@jest/globals';
import { createLimiter } from '../src/limiter.ts';
import type { Clock } from '../src/limiter.ts';

const never = new AbortController().signal;

/** A clock that stands still until something waits for it. */
function steppingClock(): Clock & { time: number } {
  return {
    time: 0,
    now() {
      return this.time;
    },
    wait(ms) {
      this.time += ms;
      return Promise.resolve();
    },
  };
}

test('no more turns run at once than are allowed, and the next begins when one ends', async () => {
  const limiter = createLimiter({ concurrency: 2 });
  const first = await limiter.turn(1, never);
  await limiter.turn(1, never);
  let third = false;
  const waiting = limiter.turn(1, never).then(() => (third = true));
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(third).toBe(false);
  first.end();
  first.end();
  await waiting;
  expect(third).toBe(true);
});

test('requests of a minute are counted over a sliding minute', async () => {
  const clock = steppingClock();
  const limiter = createLimiter({ concurrency: 9, requestsPerMinute: 2 }, clock);
  const starts: number[] = [];
  for (let request = 0; request < 5; request++) {
    await limiter.turn(1, never);
    starts.push(clock.time);
    clock.time += 10_000;
  }
  expect(starts).toEqual([0, 10_000, 60_000, 70_000, 120_000]);
});

test('tokens of a minute: what was counted replaces what was expected; one that is too large waits for an empty minute', async () => {
  const clock = steppingClock();
  const limiter = createLimiter({ concurrency: 9, tokensPerMinute: 100 }, clock);
  const turn = await limiter.turn(90, never);
  turn.count(40);
  await limiter.turn(60, never);
  expect(clock.time).toBe(0);
  await limiter.turn(500, never);
  expect(clock.time).toBe(60_000);
  await limiter.turn(1, never);
  expect(clock.time).toBe(120_000);
});

test('a pause holds back all turns', async () => {
  const clock = steppingClock();
  const limiter = createLimiter({ concurrency: 9 }, clock);
  limiter.pause(7000);
  limiter.pause(3000);
  await limiter.turn(1, never);
  expect(clock.time).toBe(7000);
});

test('who gives up waiting leaves the queue', async () => {
  const limiter = createLimiter({ concurrency: 1 });
  const first = await limiter.turn(1, never);
  const impatient = new AbortController();
  const given = limiter.turn(1, impatient.signal);
  const patient = limiter.turn(1, never);
  impatient.abort(new Error('enough'));
  await expect(given).rejects.toThrow('enough');
  first.end();
  await patient;
});
