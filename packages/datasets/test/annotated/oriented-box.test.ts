import { describe, expect, test } from '@jest/globals';
import { randomStream, type RandomStream } from '@loci/core';
import {
  boxDistance,
  hullHalf,
  type OrientedBox,
  type Vector3,
} from '../../src/annotated/oriented-box.ts';
import { gapBetween } from '../scenes/made-scenes.ts';

const cross = (a: Vector3, b: Vector3): Vector3 => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
const unit = (v: Vector3): Vector3 => v.map((x) => x / Math.hypot(...v)) as unknown as Vector3;

function randomBox(random: RandomStream, upright = false): OrientedBox {
  const between = (least: number, most: number): number => least + random() * (most - least);
  const vector = (least: number, most: number): Vector3 => [
    between(least, most),
    between(least, most),
    between(least, most),
  ];
  const first = upright ? ([1, 0, 0] as const) : unit(vector(-1, 1));
  const second = upright ? ([0, 1, 0] as const) : unit(cross(first, vector(-1, 1)));
  return {
    centre: vector(-2, 2),
    half: vector(0.1, 0.8),
    axes: [first, second, cross(first, second)],
  };
}

const pointIn = ({ centre, half, axes }: OrientedBox, share: Vector3): Vector3 =>
  [0, 1, 2].map(
    (axis) =>
      centre[axis]! +
      axes.reduce((sum, own, index) => sum + own[axis]! * half[index]! * share[index]!, 0),
  ) as unknown as Vector3;

describe('boxDistance', () => {
  test('is the gap along the axes where boxes stand along them', () => {
    const random = randomStream(1);
    for (let turn = 0; turn < 300; turn++) {
      const [a, b] = [randomBox(random, true), randomBox(random, true)];
      const made = ({ centre, half }: OrientedBox) => ({
        category: '',
        centre,
        size: half.map((side) => 2 * side) as unknown as Vector3,
      });
      expect(boxDistance(a, b)).toBeCloseTo(gapBetween(made(a), made(b)), 4);
    }
  });

  test('is the same both ways, and no two points are closer', () => {
    const random = randomStream(2);
    const share = (): Vector3 => [2 * random() - 1, 2 * random() - 1, 2 * random() - 1];
    for (let turn = 0; turn < 100; turn++) {
      const [a, b] = [randomBox(random), randomBox(random)];
      const distance = boxDistance(a, b);
      expect(boxDistance(b, a)).toBeCloseTo(distance, 3);
      for (let pair = 0; pair < 60; pair++) {
        const [p, q] = [pointIn(a, share()), pointIn(b, share())];
        expect(Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2])).toBeGreaterThan(distance - 1e-4);
      }
    }
  });

  test('boxes that touch or overlap are no distance apart', () => {
    const box = randomBox(randomStream(3), true);
    const beside = {
      ...box,
      centre: [box.centre[0] + 2 * box.half[0], box.centre[1], box.centre[2]] as const,
    };
    expect(boxDistance(box, box)).toBe(0);
    expect(boxDistance(box, beside)).toBeCloseTo(0, 6);
  });
});

test('the hull reaches to the farthest corner', () => {
  const box = randomBox(randomStream(5));
  const corners = [-1, 1].flatMap((x) =>
    [-1, 1].flatMap((y) => [-1, 1].map((z) => pointIn(box, [x, y, z]))),
  );
  for (const axis of [0, 1, 2] as const) {
    const reach = Math.max(...corners.map((corner) => corner[axis] - box.centre[axis]));
    expect(hullHalf(box)[axis]).toBeCloseTo(reach, 9);
  }
});
