/** Renders the frames of a room: colors, lights and textures the surfaces of the ray caster, and adds a little sensor noise. */
import { deriveSeed } from '@loci/core';
import { boxesOf, type Boxes } from './boxes.ts';
import { cameraAt, frameTime, type CameraPose } from './camera.ts';
import {
  castFrame,
  CEILING,
  createView,
  EAST,
  FLOOR,
  rayOffset,
  visiblePixels,
  type View,
} from './cast.ts';
import type { RoomLook, RoomScene } from './scene.ts';
import { CEILING_COLOR, floorTone, wallTone } from './surfaces.ts';

/** Size of a film. */
export interface FilmOptions {
  /** Frames, spread evenly over the camera's path. */
  readonly frames: number;
  /** Pixels. */
  readonly height: number;
  /** Pixels. */
  readonly width: number;
}

/** The rendered frames of a room. */
export interface Film extends FilmOptions {
  /** `[frames, height, width, 3]`, RGB, 0…255. */
  readonly pixels: Uint8Array;
  /** `[frames, objects]`: pixels of each object in each frame. */
  readonly visiblePixels: Uint32Array;
  /** `[objects]`: first frame with a pixel of the object, −1 when there is none. */
  readonly firstVisible: Int16Array;
}

/** Noise amplitude, in steps of 0…255. */
const NOISE = 5;
/** Width of the soft shadow around a piece's foot, in meters. */
const SHADOW_M = 0.18;

/** Side of a cell of the floor's light map, in meters. */
const LIGHT_CELL_M = 0.05;

/** Data for shading, computed once per film. */
interface Shading {
  readonly look: RoomLook;
  /** `[boxes, 3 axes × 2 sides, 3]`: color of each face, times 255; side 1 is the greater end of the axis. */
  readonly faceColors: Float32Array;
  /** `[6, 3]`: color of floor, ceiling, west, east, south and north, times 255. */
  readonly roomColors: Float32Array;
  /** `[rows, columns]`: share of light that reaches the floor. */
  readonly floorLight: Float32Array;
  readonly floorColumns: number;
  /** South-west corner of the floor. */
  readonly corner: readonly [x: number, y: number];
}

/** Light on the floor: darker under and around the furniture. */
function bakeFloorLight(scene: RoomScene, rows: number, columns: number): Float32Array {
  const light = new Float32Array(rows * columns).fill(1);
  for (const { centre, size } of scene.objects) {
    for (let row = 0; row < rows; row++) {
      const y = (row + 0.5) * LIGHT_CELL_M - scene.size[1] / 2;
      const outsideY = Math.abs(y - centre[1]) - size[1] / 2;
      if (outsideY >= SHADOW_M) continue;
      for (let column = 0; column < columns; column++) {
        const x = (column + 0.5) * LIGHT_CELL_M - scene.size[0] / 2;
        const outside = Math.max(0, outsideY, Math.abs(x - centre[0]) - size[0] / 2);
        const cell = row * columns + column;
        light[cell] = Math.min(light[cell]!, 0.55 + (0.45 * outside) / SHADOW_M);
      }
    }
  }
  return light;
}

function shadingOf(scene: RoomScene, boxes: Boxes): Shading {
  const { look } = scene;
  const faceColors = new Float32Array(boxes.count * 18);
  for (let box = 0, next = 0; box < boxes.count; box++) {
    for (let face = 0; face < 6; face++) {
      const facing = (face & 1 ? 1 : -1) * look.light[face >> 1]!;
      const lit = 255 * look.brightness * (0.72 + 0.38 * Math.max(0, facing));
      for (let c = 0; c < 3; c++) faceColors[next++] = lit * boxes.colors[box * 3 + c]!;
    }
  }
  const plain = [look.floorColour, CEILING_COLOR, ...look.wallColours];
  const roomColors = Float32Array.from(
    plain.flatMap((color, surface) => {
      const isSideWall = surface === 2 || surface === 3;
      return color.map((channel) => 255 * look.brightness * channel * (isSideWall ? 0.92 : 1));
    }),
  );
  const floorColumns = Math.ceil(scene.size[0] / LIGHT_CELL_M) + 1;
  const floorRows = Math.ceil(scene.size[1] / LIGHT_CELL_M) + 1;
  return {
    look,
    faceColors,
    roomColors,
    floorLight: bakeFloorLight(scene, floorRows, floorColumns),
    floorColumns,
    corner: [-scene.size[0] / 2, -scene.size[1] / 2],
  };
}

/** Brightness of the pattern, and on the floor of the light, at a point of the room's own surfaces. */
function roomTone(shading: Shading, surface: number, x: number, y: number, z: number): number {
  if (surface === CEILING) return 1;
  if (surface !== FLOOR) return wallTone(shading.look, surface >= EAST ? y : x, z);
  const column = ((x - shading.corner[0]) / LIGHT_CELL_M) | 0;
  const row = ((y - shading.corner[1]) / LIGHT_CELL_M) | 0;
  const light = shading.floorLight[row * shading.floorColumns + column] ?? 1;
  return light * floorTone(shading.look, x, y);
}

/** Colors the view into `pixels` from `offset` on; returns the state of the noise stream. */
function shadeFrame(
  shading: Shading,
  { eye, right, up, forward }: CameraPose,
  view: View,
  pixels: Uint8Array,
  offset: number,
  noiseState: number,
): number {
  const { faceColors, roomColors } = shading;
  let noise = noiseState;
  for (let row = 0, pixel = 0; row < view.height; row++) {
    const rise = -rayOffset(row, view.height, view.width);
    for (let column = 0; column < view.width; column++, pixel++) {
      const side = rayOffset(column, view.width, view.width);
      const surface = view.surfaces[pixel]!;
      let colors = faceColors;
      let from: number;
      let tone = 1;
      if (surface >= 0) {
        const axis = view.faces[pixel]!;
        const towards = forward[axis]! + side * right[axis]! + rise * up[axis]!;
        from = surface * 18 + axis * 6 + (towards > 0 ? 0 : 3);
      } else {
        const depth = view.depth[pixel]!;
        const x = eye[0] + depth * (forward[0] + side * right[0] + rise * up[0]);
        const y = eye[1] + depth * (forward[1] + side * right[1] + rise * up[1]);
        const z = eye[2] + depth * (forward[2] + side * right[2] + rise * up[2]);
        tone = roomTone(shading, surface, x, y, z);
        colors = roomColors;
        from = (-surface - 1) * 3;
      }
      noise = (Math.imul(noise, 1664525) + 1013904223) | 0;
      const grain = ((noise >>> 8) / 8388608 - 1) * NOISE;
      const target = offset + pixel * 3;
      for (let c = 0; c < 3; c++) {
        const value = colors[from + c]! * tone + grain;
        pixels[target + c] = value < 0 ? 0 : value > 255 ? 255 : value;
      }
    }
  }
  return noise;
}

/**
 * Films a room along its camera's path. The same scene and size give the same pixels.
 *
 * @example
 * const film = renderRoom(generateRoom(7), { frames: 8, height: 56, width: 84 });
 * film.pixels.length === 8 * 56 * 84 * 3;
 */
export function renderRoom(scene: RoomScene, { frames, height, width }: FilmOptions): Film {
  const boxes = boxesOf(scene);
  const shading = shadingOf(scene, boxes);
  const view = createView(height, width);
  const pixels = new Uint8Array(frames * height * width * 3);
  const counts = new Uint32Array(frames * scene.objects.length);
  const firstVisible = new Int16Array(scene.objects.length).fill(-1);
  let noise = deriveSeed(scene.seed, 'noise');
  for (let frame = 0; frame < frames; frame++) {
    const { path, mirrored } = scene.camera;
    const pose = cameraAt(path, mirrored, scene.size, frameTime(frame, frames));
    castFrame(boxes, scene.size, pose, view);
    noise = shadeFrame(shading, pose, view, pixels, frame * height * width * 3, noise);
    visiblePixels(boxes, scene.objects.length, view).forEach((count, object) => {
      counts[frame * scene.objects.length + object] = count;
      if (count > 0 && firstVisible[object] === -1) firstVisible[object] = frame;
    });
  }
  return { frames, height, width, pixels, visiblePixels: counts, firstVisible };
}
