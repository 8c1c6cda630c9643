/** A scene map as a drawing, for reports and pages. */
import type { BoxFromAbove, Facing, PlacedOnGrid, SceneMap } from '../../spec/index.ts';
import { kindOfThing } from './pairing.ts';

const SIDE = 220;
const MARGIN = 14;
const GRID = 10;
const ARROW = 9;
const COLORS = [
  '#4269d0',
  '#efb118',
  '#ff725c',
  '#3ca951',
  '#a463f2',
  '#9c6b4e',
  '#6cc5b0',
] as const;
const VIEW_COLOR = '#555';

/**
 * An SVG of the map as its form has it: rows of a grid grow downwards, views are triangles, facings are lines; boxes lie in meters, y upwards,
 * with a bar of one meter. Names are beside the marks.
 *
 * @param names Of all maps that are shown together, so that colors agree.
 */
export function sceneMapSvg(map: SceneMap, names: readonly string[], title: string): string {
  const kinds = [...new Set(names.map(kindOfThing))].sort();
  const colorOf = (name: string): string =>
    COLORS[Math.max(0, kinds.indexOf(kindOfThing(name))) % COLORS.length]!;
  const drawn = map.format === 'boxes' ? boxShapes(map.boxes, colorOf) : gridShapes(map, colorOf);
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${SIDE}" height="${SIDE}" viewBox="0 0 ${SIDE} ${SIDE}" role="img" aria-label="${escaped(title)}" ` +
    `font-family="sans-serif" font-size="9"><rect width="${SIDE}" height="${SIDE}" fill="#fff"/>${drawn}</svg>`
  );
}

type ColorOf = (name: string) => string;

function gridShapes(
  { objects, views }: Extract<SceneMap, { format: 'mindcube' }>,
  colorOf: ColorOf,
): string {
  const cell = (SIDE - 2 * MARGIN) / GRID;
  const at = (value: number): number => MARGIN + (value + 0.5) * cell;
  const lines = Array.from({ length: GRID + 1 }, (_, index) => {
    const place = MARGIN + index * cell;
    return `M${place} ${MARGIN}V${SIDE - MARGIN}M${MARGIN} ${place}H${SIDE - MARGIN}`;
  });
  const mark = ({ name, position: [x, y], facing }: PlacedOnGrid, isView: boolean): string => {
    const color = isView ? VIEW_COLOR : colorOf(name);
    const [left, top] = [at(x), at(y)];
    const shape = isView
      ? `<path d="M${left - 5} ${top + 5}h10l-5 -10z" fill="${color}"/>`
      : `<circle cx="${left}" cy="${top}" r="5" fill="${color}"/>`;
    return `<g><title>${escaped(`${name} [${x},${y}]${facing ? ` ${facing}` : ''}`)}</title>${shape}${facingLine(left, top, facing, color)}${label(name, left, top)}</g>`;
  };
  return (
    `<path d="${lines.join('')}" stroke="#ddd" fill="none"/>` +
    objects.map((one) => mark(one, false)).join('') +
    views.map((one) => mark(one, true)).join('')
  );
}

const WAYS: Readonly<Partial<Record<Facing, readonly [number, number]>>> = {
  up: [0, -1],
  right: [1, 0],
  down: [0, 1],
  left: [-1, 0],
};

function facingLine(x: number, y: number, facing: Facing | undefined, color: string): string {
  const way = facing && WAYS[facing];
  if (way === undefined) return '';
  return `<path d="M${x} ${y}l${ARROW * way[0]} ${ARROW * way[1]}" stroke="${color}" stroke-width="2"/>`;
}

function boxShapes(boxes: readonly BoxFromAbove[], colorOf: ColorOf): string {
  const xs = boxes.flatMap(({ centre: [x], size: [width] }) => [x - width / 2, x + width / 2]);
  const ys = boxes.flatMap(({ centre: [, y], size: [, depth] }) => [y - depth / 2, y + depth / 2]);
  const [left, right] = [Math.min(0, ...xs), Math.max(0, ...xs)];
  const [near, far] = [Math.min(0, ...ys), Math.max(0, ...ys)];
  const scale = (SIDE - 2 * MARGIN) / Math.max(1, right - left, far - near);
  const atX = (x: number): number => rounded(MARGIN + (x - left) * scale);
  const atY = (y: number): number => rounded(MARGIN + (far - y) * scale);
  const shapes = boxes.map(({ name, centre: [x, y], size: [width, depth] }) => {
    const color = colorOf(name);
    return (
      `<g><title>${escaped(`${name} at ${x}, ${y} m, ${width} by ${depth} m`)}</title>` +
      `<rect x="${atX(x - width / 2)}" y="${atY(y + depth / 2)}" width="${rounded(width * scale)}" height="${rounded(depth * scale)}" fill="${color}" fill-opacity="0.5" stroke="${color}"/>` +
      `${label(name, atX(x), atY(y))}</g>`
    );
  });
  const bar = `<path d="M${MARGIN} ${SIDE - 4}h${rounded(scale)}" stroke="#777"/><text x="${MARGIN + 2}" y="${SIDE - 6}" fill="#777">1 m</text>`;
  const camera = `<path d="M${atX(0) - 5} ${atY(0) + 5}h10l-5 -10z" fill="${VIEW_COLOR}"/>`;
  return shapes.join('') + camera + bar;
}

function label(name: string, x: number, y: number): string {
  const isRight = x > SIDE * 0.7;
  return `<text x="${isRight ? x - 7 : x + 7}" y="${y - 4}" text-anchor="${isRight ? 'end' : 'start'}" fill="#333">${escaped(name)}</text>`;
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
