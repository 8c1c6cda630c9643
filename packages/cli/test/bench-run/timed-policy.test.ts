import { expect, test } from '@jest/globals';
import { BusyClock } from '../../src/bench-run/timed-policy.ts';
import { PeakMemory } from '../../src/bench-run/peak-memory.ts';

test('work that overlaps counts once, and a wait not at all', () => {
  let now = 10;
  const clock = new BusyClock(() => now);
  const first = clock.begin();
  now = 12;
  const second = clock.begin();
  now = 13;
  first();
  first();
  now = 14;
  expect(clock.seconds).toBe(4);
  second();
  now = 20;
  expect(clock.seconds).toBe(4);
  clock.begin();
  now = 21;
  expect(clock.seconds).toBe(5);
});

test('the peak of each stage', () => {
  let bytes = 5 * 2 ** 20;
  const memory = new PeakMemory('loading', () => bytes);
  bytes = 3 * 2 ** 20;
  memory.enter('training');
  bytes = 9 * 2 ** 20;
  memory.look();
  bytes = 2 ** 20;
  memory.stop();
  expect([...memory.peaks]).toEqual([
    ['loading', 5],
    ['training', 9],
  ]);
});
