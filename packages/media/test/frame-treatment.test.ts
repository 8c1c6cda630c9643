import { expect, test } from '@jest/globals';
import { treatFrames } from '../src/frame-treatment.ts';
import type { Picture } from '../src/picture.ts';

/** Frames of 3×2 pixels; a pixel's three channels are its number, and 100 and 200 more. */
const frame = (first: number): Picture => ({
  width: 3,
  height: 2,
  pixels: Uint8Array.from(
    Array.from({ length: 6 }, (_, pixel) => first + pixel).flatMap((n) => [n, n + 100, n + 200]),
  ),
});
const FRAMES = [frame(0), frame(10), frame(20)];
const firstsOf = (frames: readonly Picture[]): readonly number[] =>
  frames.map(({ pixels }) => pixels[0]!);

test('reversing turns the order of the frames around, and nothing else', () => {
  const reversed = treatFrames(FRAMES, { kind: 'reversed' });
  expect(firstsOf(reversed)).toEqual([20, 10, 0]);
  expect(firstsOf(FRAMES)).toEqual([0, 10, 20]);
  expect(reversed[2]).toBe(FRAMES[0]);
});

test('mirroring turns every row of pixels around, colors whole, and undoes itself', () => {
  const mirrored = treatFrames(FRAMES, { kind: 'mirrored' });
  const numbers = Array.from({ length: 6 }, (_, pixel) => mirrored[1]!.pixels[3 * pixel]);
  expect(numbers).toEqual([12, 11, 10, 15, 14, 13]);
  expect([...mirrored[1]!.pixels.slice(0, 3)]).toEqual([12, 112, 212]);
  expect(treatFrames(mirrored, { kind: 'mirrored' })).toEqual(FRAMES);
});
