import { expect, test } from '@jest/globals';
import type { CameraTrack } from '../../src/annotated/annotated-scene.ts';
import type { OrientedBox, Vector3 } from '../../src/annotated/oriented-box.ts';
import { boxSightings } from '../../src/scenes/sightings.ts';

const AXES = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
] as const;

const box = (centre: Vector3, half: Vector3 = [0.5, 0.5, 0.5]): OrientedBox => ({
  centre,
  half,
  axes: AXES,
});

/** Eight seconds: for the first four it looks along y, then along x. */
const TRACK: CameraTrack = {
  width: 600,
  height: 400,
  focal: [300, 300],
  centre: [300, 200],
  seconds: 8,
  poses: Array.from({ length: 16 }, (_, index) => ({
    seconds: index / 2,
    eye: [0, 0, 0],
    axes:
      index < 8
        ? ([
            [1, 0, 0],
            [0, 0, -1],
            [0, 1, 0],
          ] as const)
        : ([
            [0, -1, 0],
            [0, 0, -1],
            [1, 0, 0],
          ] as const),
  })),
};

const look = (boxes: readonly OrientedBox[], occluders: readonly OrientedBox[] = []) =>
  boxSightings(boxes, occluders, TRACK, 0.0034);

test('a box fills the share of the frame that its front has, and is seen while the camera looks there', () => {
  const [ahead] = look([box([0, 3.3, 0])]);
  // Its front is 1 m wide at 2.8 m: 107 of 600 by 107 of 400 pixels, a ray every 14.
  expect(Math.abs(ahead!.largestShare - 0.048)).toBeLessThan(0.008);
  expect(ahead).toMatchObject({ firstSeen: 0, seenFor: 0.5 });
});

test('what comes into view later is seen later, what is behind the camera never', () => {
  const [right, behind] = look([box([4, 0, 0]), box([0, -4, 0])]);
  expect(right!.firstSeen).toBe(8);
  expect(behind).toEqual({ largestShare: 0, seenFor: 0 });
});

test('boxes and occluders hide what is behind them', () => {
  const wall = box([0, 2, 0], [3, 0.1, 3]);
  const far = box([0, 5, 0]);
  expect(look([far])[0]!.firstSeen).toBe(0);
  expect(look([far, wall])[0]!.firstSeen).toBeUndefined();
  expect(look([far], [wall])).toHaveLength(1);
  expect(look([far], [wall])[0]!.firstSeen).toBeUndefined();
});

test('turning scene and camera together changes nothing', () => {
  const [cos, sin] = [Math.cos(0.7), Math.sin(0.7)];
  const turn = ([x, y, z]: Vector3): Vector3 => [cos * x - sin * z, y, sin * x + cos * z];
  const boxes = [box([0.4, 3, 0.2]), box([-1, 4, -0.3], [0.2, 0.4, 1.1]), box([3, 1, 0])];
  const turnAxes = (axes: readonly [Vector3, Vector3, Vector3]) =>
    [turn(axes[0]), turn(axes[1]), turn(axes[2])] as const;
  const turned = boxSightings(
    boxes.map(({ centre, half, axes }) => ({ centre: turn(centre), half, axes: turnAxes(axes) })),
    [],
    {
      ...TRACK,
      poses: TRACK.poses.map((pose) => ({
        ...pose,
        eye: turn(pose.eye),
        axes: turnAxes(pose.axes),
      })),
    },
    0.0034,
  );
  const straight = look(boxes);
  for (const [index, { firstSeen, largestShare }] of turned.entries()) {
    expect(firstSeen).toBe(straight[index]!.firstSeen);
    expect(Math.abs(largestShare - straight[index]!.largestShare)).toBeLessThan(0.01);
  }
});
