/** Films of generated rooms as tasks see them, without files. */
import type { Picture } from '@loci/media';
import { generateRoom } from '../../src/rooms/generate-room.ts';
import { renderRoom } from '../../src/rooms/render.ts';
import { DEFAULT_ROOM_OPTIONS } from '../../src/rooms/room-options.ts';
import { roomSeed } from '../../src/rooms/room-series.ts';
import type { FilmedFrames } from '../../src/self-supervised/task.ts';

const SIZE = { frames: 16, height: 56, width: 84 };

/** One film a room. */
export async function* roomFilms(count: number): AsyncGenerator<FilmedFrames> {
  for (let index = 0; index < count; index++) {
    const scene = generateRoom(roomSeed(7, 'train', index, 0), DEFAULT_ROOM_OPTIONS);
    const { pixels } = renderRoom(scene, SIZE);
    const bytes = 3 * SIZE.height * SIZE.width;
    const frames = Array.from({ length: SIZE.frames }, (_, frame): Picture => ({
      ...{ width: SIZE.width, height: SIZE.height },
      pixels: pixels.slice(frame * bytes, (frame + 1) * bytes),
    }));
    yield { name: `room-${index}.mp4`, frames, clipFrames: 4 };
  }
}

const [COLUMNS, ROWS] = [6, 4];
const known = new WeakMap<Picture, readonly number[]>();

/** Mean colors of the fields of a coarse grid, 0…1: what is left of a picture at a glance. */
export function glance(picture: Picture): readonly number[] {
  const found = known.get(picture) ?? fieldsOf(picture);
  known.set(picture, found);
  return found;
}

function fieldsOf({ width, height, pixels }: Picture): readonly number[] {
  const sums = new Float64Array(COLUMNS * ROWS * 3);
  const counts = new Float64Array(COLUMNS * ROWS);
  for (let y = 0; y < height; y++) {
    const row = ((y * ROWS) / height) | 0;
    for (let x = 0; x < width; x++) {
      const field = row * COLUMNS + (((x * COLUMNS) / width) | 0);
      const from = 3 * (y * width + x);
      counts[field]!++;
      sums[3 * field]! += pixels[from]!;
      sums[3 * field + 1]! += pixels[from + 1]!;
      sums[3 * field + 2]! += pixels[from + 2]!;
    }
  }
  return Array.from(sums, (sum, at) => sum / counts[(at / 3) | 0]! / 255);
}
