import { describe, expect, test } from '@jest/globals';
import { EVALUATION_FRAMES, SPACER_EVALUATION_FRAMES } from '@loci/core';
import fc from 'fast-check';
import { evaluationFrames } from '../src/frame-sampling.ts';
import { averageFrameRate } from '../src/video-facts.ts';
import { selectFrames, selectedFrameSize } from '../src/select-frames.ts';

const video = (totalFrames: number, fps: number) => ({
  totalFrames,
  fps,
  times: Array.from({ length: totalFrames }, (_, index) => index / fps),
});

describe('frames of a selection', () => {
  test('one a second, at most so many, from first to last', () => {
    const indices = selectFrames(video(300, 30), EVALUATION_FRAMES);
    expect(indices).toEqual([0, 33, 66, 100, 133, 166, 199, 233, 266, 299]);
    expect(selectFrames(video(9000, 30), EVALUATION_FRAMES)).toHaveLength(32);
    expect(selectFrames(video(20, 30), EVALUATION_FRAMES)).toEqual([0]);
    expect(selectFrames(video(20, 30), { fps: 1, maxFrames: 8, minFrames: 4 })).toHaveLength(4);
  });

  test('as many as asked for when no rate is given, but none twice', () => {
    expect(selectFrames(video(100, 25), { fps: 0, maxFrames: 5 })).toEqual([0, 25, 50, 74, 99]);
    expect(selectFrames(video(3, 25), { fps: 0, maxFrames: 5 })).toEqual([0, 1, 2]);
  });

  test('multiples of a stride, as LongVideoBench takes them', () => {
    const selection = { fps: 0, maxFrames: 4, spacing: 'strided' } as const;
    expect(selectFrames(video(103, 25), selection)).toEqual([0, 25, 50, 75]);
  });

  test('only a span is looked at', () => {
    const selection = { fps: 2, maxFrames: 32, span: [10, 12] } as const;
    expect(selectFrames(video(300, 10), selection)).toEqual([100, 106, 113, 119]);
    const beyond = { fps: 2, maxFrames: 32, span: [40, 50] } as const;
    expect(() => selectFrames(video(300, 10), beyond)).toThrow(
      expect.objectContaining({ code: 'too-few-frames' }),
    );
  });

  test('with truncated indices they are those of SpaceR-Eval', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.constantFrom(5, 15, 23.976, 24, 25, 30, 59.94, 60),
        (totalFrames, fps) => {
          expect(selectFrames(video(totalFrames, fps), SPACER_EVALUATION_FRAMES)).toEqual(
            evaluationFrames({ totalFrames, videoFps: fps, numFrames: 32, fps: 1 }).indices,
          );
        },
      ),
    );
  });

  test('are ascending, within the video, and no more than asked for', () => {
    fc.assert(
      fc.property(
        fc.record({
          fps: fc.constantFrom(0, 0.5, 1, 2),
          maxFrames: fc.integer({ min: 1, max: 64 }),
          spacing: fc.constantFrom('even', 'truncated', 'strided'),
        }),
        fc.integer({ min: 1, max: 2000 }),
        fc.constantFrom(1, 24, 29.97, 60),
        (selection, totalFrames, fps) => {
          const indices = selectFrames(video(totalFrames, fps), selection);
          expect(indices.length).toBeGreaterThan(0);
          expect(indices.length).toBeLessThanOrEqual(selection.maxFrames);
          expect(indices).toEqual([...indices].sort((a, b) => a - b));
          expect(indices[0]).toBe(0);
          expect(indices.at(-1)).toBeLessThan(totalFrames);
        },
      ),
    );
  });
});

describe('size of a selected frame', () => {
  const limits = { minPixels: 784, maxPixels: 784 * 1000 };
  const size = (width: number, height: number, selection: object) =>
    Object.values(
      selectedFrameSize({ width, height }, { fps: 1, maxFrames: 1, ...selection }, limits, 28),
    );

  test('the longer side comes down to the limit, the shape stays', () => {
    expect(size(640, 480, EVALUATION_FRAMES)).toEqual([448, 336]);
    expect(size(480, 640, EVALUATION_FRAMES)).toEqual([336, 448]);
    expect(size(300, 200, EVALUATION_FRAMES)).toEqual([308, 196]);
  });

  test('as SpaceR-Eval has it, large frames exchange their sides', () => {
    expect(size(640, 480, SPACER_EVALUATION_FRAMES)).toEqual([336, 448]);
    expect(size(300, 200, SPACER_EVALUATION_FRAMES)).toEqual([308, 196]);
  });

  test('area limits are the selection’s own, or else the model’s', () => {
    expect(size(2800, 2800, {})).toEqual([868, 868]);
    expect(size(2800, 2800, { maxPixels: 784 })).toEqual([28, 28]);
    expect(size(28, 28, { minPixels: 4 * 784 })).toEqual([56, 56]);
  });
});

test('a frame rate that rounded times blur is the usual one, another stays', () => {
  expect(averageFrameRate(90, 3.001)).toBe(30);
  expect(averageFrameRate(300, 10.01)).toBeCloseTo(30000 / 1001, 9);
  expect(averageFrameRate(10, 0.7)).toBeCloseTo(14.29, 2);
  expect(averageFrameRate(8, 2)).toBe(4);
  expect(averageFrameRate(1, 0)).toBe(30);
});
