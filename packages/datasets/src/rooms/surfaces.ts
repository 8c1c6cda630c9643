/** Colors of floor, walls and ceiling at a point of the room: procedural textures, 0…1 a channel. */
import type { Color } from './catalogue.ts';
import type { RoomLook } from './scene.ts';

/** Color of the ceiling. */
export const CEILING_COLOR: Color = [0.9, 0.9, 0.88];

/** Index of a stripe of the given pitch. */
const stripe = (meters: number, pitch: number): number => Math.floor(meters / pitch);

/** A number in [0, 1) that depends on two whole numbers only; gives each plank and tile its own tone. */
function toneOf(a: number, b: number): number {
  let mixed = Math.imul(a | 0, 0x9e3779b1) ^ Math.imul(b | 0, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  return ((mixed ^ (mixed >>> 13)) >>> 0) / 4294967296;
}

/** Brightness of the floor pattern at a point. */
export function floorTone(look: RoomLook, x: number, y: number): number {
  const pitch = look.floorPitchM;
  if (look.floor === 'checker') return (stripe(x, pitch) + stripe(y, pitch)) & 1 ? 1.12 : 0.92;
  if (look.floor === 'planks') {
    const plank = stripe(x, pitch / 2);
    return 0.9 + 0.24 * toneOf(plank, stripe(y + plank * 0.7, 1.6));
  }
  const [u, v] = [x / pitch, y / pitch];
  const joint = u - Math.floor(u) < 0.08 || v - Math.floor(v) < 0.08;
  return joint ? 0.72 : 0.97 + 0.1 * toneOf(Math.floor(u), Math.floor(v));
}

/** Brightness of the wall pattern, `along` the wall and `up` from the floor. */
export function wallTone(look: RoomLook, along: number, up: number): number {
  if (look.wallPattern === 'stripes') return stripe(along, 0.3) & 1 ? 1.03 : 0.95;
  if (look.wallPattern === 'wainscot') {
    if (up < 0.12) return 0.75;
    return up < 0.9 ? 0.9 : 1.02;
  }
  return up < 0.1 ? 0.8 : 1;
}
