import { describe, expect, test } from '@jest/globals';
import { generateRoom } from '../../src/rooms/generate-room.ts';
import { renderRoom } from '../../src/rooms/render.ts';
import { CAMERA_PATHS } from '../../src/rooms/camera.ts';

const SMALL = { frames: 8, height: 56, width: 84 };

describe('renderRoom', () => {
  test('the same room gives the same pixels, another room others', () => {
    const first = renderRoom(generateRoom(11), SMALL);
    expect(first.pixels).toEqual(renderRoom(generateRoom(11), SMALL).pixels);
    expect(first.pixels).not.toEqual(renderRoom(generateRoom(12), SMALL).pixels);
    expect(first.pixels.length).toBe(8 * 56 * 84 * 3);
  });

  test.each(CAMERA_PATHS)('every object of a room filmed by %s is in the film', (path) => {
    for (let seed = 0; seed < 8; seed++) {
      const room = generateRoom(seed, { cameraPaths: [path] });
      const film = renderRoom(room, SMALL);
      room.objects.forEach((object, index) => {
        const seen = Array.from(
          { length: 8 },
          (_, frame) => film.visiblePixels[frame * room.objects.length + index]!,
        );
        expect(Math.max(...seen)).toBeGreaterThan(20);
        expect(film.firstVisible[index]).toBe(seen.findIndex((count) => count > 0));
        expect(film.firstVisible[index]).toBeLessThanOrEqual(
          Math.ceil(object.sighting.firstSeen! / 2) + 1,
        );
      });
    }
  });

  test('objects have the color of their category', () => {
    const room = generateRoom(2);
    const film = renderRoom(room, { frames: 16, height: 56, width: 84 });
    const withoutObjects = renderRoom(
      { ...room, objects: [] },
      { frames: 16, height: 56, width: 84 },
    );
    const changed = film.pixels.filter(
      (value, at) => Math.abs(value - withoutObjects.pixels[at]!) > 20,
    );
    const pixels = film.visiblePixels.reduce((sum, count) => sum + count, 0);
    expect(changed.length).toBeGreaterThan(pixels);
  });

  test('frames move', () => {
    const { pixels } = renderRoom(generateRoom(3), SMALL);
    const frame = (index: number) =>
      pixels.subarray(index * 56 * 84 * 3, (index + 1) * 56 * 84 * 3);
    expect(frame(0)).not.toEqual(frame(4));
  });
});
