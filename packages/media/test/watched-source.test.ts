/** Requests that repeat themselves are told from those that only look alike. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { loopWatch } from '../src/watched-source.ts';

type Request = readonly [start: number, end: number];

const requests = fc.array(fc.tuple(fc.nat(50), fc.nat(50)), { minLength: 1, maxLength: 40 });
/** At which request a watch calls it a loop; undefined when it never does. */
function foundAt(asked: Iterable<Request>, most: number): number | undefined {
  const isLoop = loopWatch();
  let count = 0;
  for (const [start, end] of asked) {
    if (isLoop(start, end)) return count;
    if (++count >= most) return undefined;
  }
  return undefined;
}

function* roundAndRound(before: readonly Request[], loop: readonly Request[]) {
  yield* before;
  for (;;) yield* loop;
}

test('every loop is found, whatever comes before it', () => {
  fc.assert(
    fc.property(requests, requests, (before, loop) => {
      const asked = roundAndRound(before, loop);
      const most = 1_000 * (before.length + loop.length ** 2);
      expect(foundAt(asked, most)).toEqual(expect.any(Number));
    }),
  );
});

test('a head that is read again before every packet is not a loop', () => {
  function* reading(): Generator<Request> {
    for (let packet = 0; packet < 200_000; packet++) {
      yield [0, 12];
      yield [0, 12];
      yield [100 + packet, 200 + packet];
    }
  }
  expect(foundAt(reading(), 500_000)).toBeUndefined();
});

test('reading a file fifty times over is not a loop', () => {
  function* reading(): Generator<Request> {
    for (let time = 0; time < 50; time++) {
      for (let at = 0; at < 1_000; at += 10) yield [at, at + 10];
    }
  }
  expect(foundAt(reading(), 500_000)).toBeUndefined();
});
