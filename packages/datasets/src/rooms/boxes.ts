/** Turns a scene into the flat list of colored boxes for the ray caster. */
import { DECOR, FURNITURE, type Part, type Piece } from './catalogue.ts';
import type { PlacedPiece, RoomScene } from './scene.ts';

/** Axis-aligned boxes in meters. */
export interface Boxes {
  readonly count: number;
  /** `[count, 6]`: least x, y, z, greatest x, y, z. */
  readonly bounds: Float32Array;
  /** `[count]`: the object that a box is part of, −1 for decor. */
  readonly owners: Int16Array;
  /** `[count, 3]`: red, green, blue, 0…1. */
  readonly colors: Float32Array;
}

/** Turns a point of the unit square by quarter turns to the left. */
function turned(x: number, y: number, turn: PlacedPiece['turn']): readonly [number, number] {
  if (turn === 1) return [1 - y, x];
  if (turn === 2) return [1 - x, 1 - y];
  if (turn === 3) return [y, 1 - x];
  return [x, y];
}

function partBounds(piece: PlacedPiece, part: Part): readonly number[] {
  const [x0, y0, z0, x1, y1, z1] = part.box;
  const [ax, ay] = turned(x0, y0, piece.turn);
  const [bx, by] = turned(x1, y1, piece.turn);
  const [width, depth, height] = piece.size;
  const west = piece.centre[0] - width / 2;
  const south = piece.centre[1] - depth / 2;
  return [
    west + Math.min(ax, bx) * width,
    south + Math.min(ay, by) * depth,
    piece.elevation + z0 * height,
    west + Math.max(ax, bx) * width,
    south + Math.max(ay, by) * depth,
    piece.elevation + z1 * height,
  ];
}

/** Every part of every piece of a scene, objects first. */
export function boxesOf(scene: Pick<RoomScene, 'objects' | 'decor'>): Boxes {
  const entries = [
    ...scene.objects.map((placed, owner) => ({ placed, owner, piece: FURNITURE[placed.category] })),
    ...scene.decor.map((placed) => ({ placed, owner: -1, piece: DECOR[placed.category] })),
  ].flatMap(({ placed, owner, piece }) =>
    (piece as Piece).parts.map((part) => ({
      owner,
      bounds: partBounds(placed, part),
      color: (part.color ?? (piece as Piece).color).map(
        (channel) => channel * part.tone * placed.tone,
      ),
    })),
  );
  return {
    count: entries.length,
    bounds: Float32Array.from(entries.flatMap(({ bounds }) => bounds)),
    owners: Int16Array.from(entries, ({ owner }) => owner),
    colors: Float32Array.from(entries.flatMap(({ color }) => color)),
  };
}
