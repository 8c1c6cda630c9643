import { describe, expect, test } from '@jest/globals';
import { CAMERA_PATHS, cameraAt, firstInView, frameTime, turnOf } from '../../src/rooms/camera.ts';

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, axis) => sum + value * b[axis]!, 0);

describe.each(CAMERA_PATHS)('the path %s', (path) => {
  const times = [0, 0.25, 0.5, 0.75, 1];

  test('stays in the room, with orthonormal right-handed axes', () => {
    for (const t of times) {
      const { eye, right, up, forward } = cameraAt(path, false, [3.5, 7], t);
      expect(Math.abs(eye[0])).toBeLessThan(1.75);
      expect(Math.abs(eye[1])).toBeLessThan(3.5);
      for (const axis of [right, up, forward]) expect(dot(axis, axis)).toBeCloseTo(1, 12);
      expect(dot(right, up)).toBeCloseTo(0, 12);
      expect(dot(right, forward)).toBeCloseTo(0, 12);
      expect(dot(up, forward)).toBeCloseTo(0, 12);
      const cross = [
        right[1] * up[2] - right[2] * up[1],
        right[2] * up[0] - right[0] * up[2],
        right[0] * up[1] - right[1] * up[0],
      ];
      expect(dot(cross, forward)).toBeCloseTo(-1, 12);
    }
  });

  test('starts in the south and, mirrored, swaps left and right', () => {
    expect(cameraAt(path, false, [5, 5], 0).eye[1]).toBeLessThan(0);
    for (const t of times) {
      const plain = cameraAt(path, false, [5, 6], t);
      const mirrored = cameraAt(path, true, [5, 6], t);
      expect(mirrored.eye[0]).toBeCloseTo(-plain.eye[0], 12);
      expect(mirrored.forward[0]).toBeCloseTo(-plain.forward[0], 12);
      expect(mirrored.forward[1]).toBeCloseTo(plain.forward[1], 12);
    }
  });

  test.each([false, true])('turns to the side that its views say (mirrored: %s)', (mirrored) => {
    const [from, to] = [0, 1].map((t) => cameraAt(path, mirrored, [4, 6], t).forward);
    const isToTheLeft = from![0] * to![1] - from![1] * to![0] > 0;
    expect(turnOf(path, mirrored)).toBe(isToTheLeft ? 'left' : 'right');
  });
});

describe('the first frame that has a point in it', () => {
  const walkIn = (mirrored: boolean) => ({ path: 'walk-in', mirrored }) as const;
  const size = [5, 6] as const;

  test('comes later the farther the camera has to turn', () => {
    const frames = [-1.5, 0.5, 1.2, 2].map((x) => firstInView(walkIn(false), size, [x, 1.5, 0.5]));
    expect(frames[0]).toBe(0);
    expect(frames).toEqual(frames.toSorted((a, b) => a! - b!));
    expect(new Set(frames).size).toBe(4);
  });

  test('is that of the mirrored point on the mirrored path', () => {
    for (const x of [-2, -1, 0, 1, 2]) {
      expect(firstInView(walkIn(true), size, [-x, 1.5, 0.5])).toBe(
        firstInView(walkIn(false), size, [x, 1.5, 0.5]),
      );
    }
  });

  test('is none for a point behind the camera', () => {
    expect(firstInView(walkIn(false), size, [0, -2.9, 0.5])).toBeUndefined();
  });
});

test('frames run from the start of the path to its end', () => {
  expect([0, 1, 2].map((frame) => frameTime(frame, 3))).toEqual([0, 0.5, 1]);
  expect(frameTime(0, 1)).toBe(0.5);
});
