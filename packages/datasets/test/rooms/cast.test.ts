import { describe, expect, test } from '@jest/globals';
import { boxesOf, type Boxes } from '../../src/rooms/boxes.ts';
import { cameraAt } from '../../src/rooms/camera.ts';
import { castFrame, createView, FLOOR, rayOffset, visiblePixels } from '../../src/rooms/cast.ts';
import { generateRoom } from '../../src/rooms/generate-room.ts';

const SIZE = [6, 6, 2.5] as const;

function boxesAt(...bounds: readonly (readonly number[])[]): Boxes {
  return {
    count: bounds.length,
    bounds: Float32Array.from(bounds.flat()),
    owners: Int16Array.from(bounds, (_, index) => index),
    colors: new Float32Array(bounds.length * 3),
  };
}

/** Every ray against every box, without rectangles or early exits. */
function slowSurfaces(
  boxes: Boxes,
  pose: ReturnType<typeof cameraAt>,
  height: number,
  width: number,
): Int16Array {
  const found = new Int16Array(height * width).fill(-1);
  for (let pixel = 0; pixel < found.length; pixel++) {
    const side = rayOffset(pixel % width, width, width);
    const rise = -rayOffset(Math.floor(pixel / width), height, width);
    const ray = [0, 1, 2].map((a) => pose.forward[a]! + side * pose.right[a]! + rise * pose.up[a]!);
    let nearest = Infinity;
    for (let box = 0; box < boxes.count; box++) {
      const times = [0, 1, 2].map((axis) =>
        [0, 3]
          .map((end) => (boxes.bounds[box * 6 + axis + end]! - pose.eye[axis]!) / ray[axis]!)
          .sort((a, b) => a - b),
      );
      const enter = Math.max(...times.map(([first]) => first!));
      const leave = Math.min(...times.map(([, last]) => last!));
      if (enter < leave && enter > 0.05 && enter < nearest) [nearest, found[pixel]] = [enter, box];
    }
  }
  return found;
}

describe('the ray caster', () => {
  const pose = cameraAt('walk-in', false, SIZE, 0.5);

  test('sees a box where it stands, at its depth', () => {
    const view = createView(28, 42);
    castFrame(boxesAt([-0.3, 1, 0, 0.3, 1.5, 1]), SIZE, pose, view);
    const pixels = [...view.surfaces.keys()].filter((pixel) => view.surfaces[pixel] === 0);
    expect(pixels.length).toBeGreaterThan(10);
    const columns = pixels.map((pixel) => pixel % 42);
    expect(Math.min(...columns) + Math.max(...columns)).toBe(41);
    for (const pixel of pixels) expect(view.depth[pixel]).toBeGreaterThan(1.5);
    expect(view.surfaces[27 * 42]).toBe(FLOOR);
  });

  test('a nearer box hides a farther one', () => {
    const view = createView(28, 42);
    const wall = [-2, 0, 0, 2, 0.2, 2.4];
    const behind = [-0.3, 1, 0, 0.3, 1.5, 1];
    castFrame(boxesAt(behind, wall), SIZE, pose, view);
    expect([...visiblePixels(boxesAt(behind, wall), 2, view)][0]).toBe(0);
    castFrame(boxesAt(behind), SIZE, pose, view);
    expect([...visiblePixels(boxesAt(behind), 1, view)][0]).toBeGreaterThan(0);
  });

  test('agrees with every ray tried on every box, also beside and behind the camera', () => {
    for (let seed = 0; seed < 6; seed++) {
      const room = generateRoom(seed);
      const boxes = boxesOf(room);
      const view = createView(20, 30);
      for (const t of [0, 0.5, 1]) {
        const at = cameraAt(room.camera.path, room.camera.mirrored, room.size, t);
        castFrame(boxes, room.size, at, view);
        const slow = slowSurfaces(boxes, at, 20, 30);
        const different = slow.filter((box, pixel) => box !== Math.max(-1, view.surfaces[pixel]!));
        // Single-precision depths may break a tie on an edge the other way.
        expect(different.length).toBeLessThanOrEqual(1);
      }
    }
  });
});
