/**
 * The furniture and decor of generated rooms. Questions are about furniture: one saturated color and one typical size a category,
 * so that a small model can tell them apart. Decor distracts: no question or map names it, and its colors are muted.
 */

/** Red, green and blue, 0…1. */
export type Color = readonly [red: number, green: number, blue: number];

/** A box inside the piece's own box, in fractions of its size; the piece's front is at y = 0. */
export interface Part {
  /** `[x0, y0, z0, x1, y1, z1]`, 0…1. */
  readonly box: readonly [number, number, number, number, number, number];
  /** Brightness relative to the piece's color. */
  readonly tone: number;
  /** Instead of the piece's color. */
  readonly color?: Color;
}

/** One category of things. */
export interface Piece {
  readonly color: Color;
  /** Typical width, depth and height in meters, seen from the front. */
  readonly size: readonly [width: number, depth: number, height: number];
  readonly parts: readonly Part[];
}

const legs = (thickness: number, height: number): readonly Part[] =>
  [
    [0, 0],
    [1 - thickness, 0],
    [0, 1 - thickness],
    [1 - thickness, 1 - thickness],
  ].map(([x = 0, y = 0]) => ({
    box: [x, y, 0, x + thickness, y + thickness, height],
    tone: 0.7,
  }));

const WHOLE: Part = { box: [0, 0, 0, 1, 1, 1], tone: 1 };

/** The furniture, by the categories that questions are about. */
export const FURNITURE: Readonly<Record<string, Piece>> = {
  bed: {
    color: [0.55, 0.12, 0.7],
    size: [1.5, 1.9, 0.5],
    parts: [
      { box: [0, 0, 0, 1, 1, 0.55], tone: 0.8 },
      { box: [0.03, 0.02, 0.55, 0.97, 0.95, 0.8], tone: 1.15 },
      { box: [0, 0.95, 0, 1, 1, 1], tone: 0.7 },
      { box: [0.15, 0.74, 0.8, 0.85, 0.93, 0.95], tone: 1, color: [0.85, 0.75, 0.9] },
    ],
  },
  chair: {
    color: [0.85, 0.12, 0.12],
    size: [0.5, 0.5, 0.9],
    parts: [
      { box: [0.08, 0.08, 0, 0.92, 0.92, 0.4], tone: 0.65 },
      { box: [0, 0, 0.4, 1, 1, 0.55], tone: 1 },
      { box: [0, 0.8, 0.55, 1, 1, 1], tone: 0.9 },
    ],
  },
  desk: {
    color: [0.1, 0.75, 0.8],
    size: [1.1, 0.6, 0.75],
    parts: [
      { box: [0, 0, 0.88, 1, 1, 1], tone: 1 },
      { box: [0, 0, 0, 0.1, 1, 0.88], tone: 0.8 },
      { box: [0.55, 0.08, 0, 1, 1, 0.88], tone: 0.85 },
      { box: [0.1, 0.9, 0.2, 0.55, 1, 0.88], tone: 0.7 },
    ],
  },
  lamp: {
    color: [0.95, 0.9, 0.15],
    size: [0.35, 0.35, 1.5],
    parts: [
      { box: [0.1, 0.1, 0, 0.9, 0.9, 0.06], tone: 0.6 },
      { box: [0.35, 0.35, 0.06, 0.65, 0.65, 0.65], tone: 0.7 },
      { box: [0, 0, 0.65, 1, 1, 1], tone: 1.05 },
    ],
  },
  plant: {
    color: [0.1, 0.6, 0.15],
    size: [0.5, 0.5, 1.1],
    parts: [
      { box: [0.2, 0.2, 0, 0.8, 0.8, 0.28], tone: 1, color: [0.5, 0.27, 0.16] },
      { box: [0.05, 0.05, 0.28, 0.95, 0.95, 0.7], tone: 0.9 },
      { box: [0.2, 0.2, 0.7, 0.8, 0.8, 1], tone: 1.15 },
    ],
  },
  sofa: {
    color: [0.12, 0.2, 0.85],
    size: [1.7, 0.8, 0.8],
    parts: [
      { box: [0, 0, 0, 1, 1, 0.5], tone: 0.85 },
      { box: [0.12, 0, 0.5, 0.88, 0.7, 0.58], tone: 1.15 },
      { box: [0, 0.7, 0.5, 1, 1, 1], tone: 1 },
      { box: [0, 0, 0.5, 0.12, 0.7, 0.75], tone: 0.95 },
      { box: [0.88, 0, 0.5, 1, 0.7, 0.75], tone: 0.95 },
    ],
  },
  table: {
    color: [0.85, 0.42, 0.08],
    size: [1.2, 0.8, 0.75],
    parts: [{ box: [0, 0, 0.85, 1, 1, 1], tone: 1 }, ...legs(0.14, 0.85)],
  },
  tv: {
    color: [0.06, 0.06, 0.08],
    size: [1.1, 0.4, 1],
    parts: [
      { box: [0, 0, 0, 1, 1, 0.35], tone: 1, color: [0.2, 0.2, 0.22] },
      { box: [0, 0.35, 0.38, 1, 0.6, 1], tone: 1 },
      { box: [0.4, 0.35, 0.35, 0.6, 0.6, 0.38], tone: 1 },
    ],
  },
};

/** Names of the categories that questions are about, in alphabetical order. */
export const CATEGORIES: readonly string[] = Object.keys(FURNITURE).sort();

/** A piece that only distracts. `mount` decides its place. */
export interface DecorPiece extends Piece {
  readonly mount: 'floor' | 'flat' | 'wall';
  /** Height of the lower edge above the floor, in meters. */
  readonly elevation: number;
}

const WOOD: Color = [0.6, 0.5, 0.38];

/** Things that no question is about. */
export const DECOR: Readonly<Record<string, DecorPiece>> = {
  basket: {
    mount: 'floor',
    elevation: 0,
    color: [0.66, 0.6, 0.5],
    size: [0.4, 0.4, 0.35],
    parts: [
      { box: [0.06, 0.06, 0, 0.94, 0.94, 0.8], tone: 0.85 },
      { box: [0, 0, 0.8, 1, 1, 1], tone: 1.05 },
    ],
  },
  carton: {
    mount: 'floor',
    elevation: 0,
    color: WOOD,
    size: [0.45, 0.4, 0.4],
    parts: [WHOLE, { box: [0, 0.42, 1, 1, 0.58, 1.02], tone: 1.2 }],
  },
  rug: {
    mount: 'flat',
    elevation: 0,
    color: [0.62, 0.55, 0.52],
    size: [1.7, 1.1, 0.01],
    parts: [WHOLE, { box: [0.06, 0.09, 1, 0.94, 0.91, 1.4], tone: 1.15 }],
  },
  stool: {
    mount: 'floor',
    elevation: 0,
    color: [0.72, 0.66, 0.56],
    size: [0.35, 0.35, 0.45],
    parts: [{ box: [0, 0, 0.8, 1, 1, 1], tone: 1.1 }, ...legs(0.2, 0.8)],
  },
  door: {
    mount: 'wall',
    elevation: 0,
    color: [0.55, 0.44, 0.34],
    size: [0.85, 0.04, 2],
    parts: [WHOLE],
  },
  picture: {
    mount: 'wall',
    elevation: 1.25,
    color: [0.45, 0.42, 0.4],
    size: [0.7, 0.04, 0.5],
    parts: [WHOLE, { box: [0.1, -0.4, 0.12, 0.9, 0, 0.88], tone: 1, color: [0.75, 0.72, 0.6] }],
  },
  window: {
    mount: 'wall',
    elevation: 0.95,
    color: [0.9, 0.9, 0.9],
    size: [1.1, 0.04, 1.1],
    parts: [
      WHOLE,
      { box: [0.07, -0.4, 0.07, 0.47, 0, 0.93], tone: 1, color: [0.72, 0.84, 0.95] },
      { box: [0.53, -0.4, 0.07, 0.93, 0, 0.93], tone: 1, color: [0.72, 0.84, 0.95] },
    ],
  },
};
