import type { CognitiveMap } from '@loci/core';
import { escapeHtml } from './html.ts';
import { PALETTE } from './palette.ts';

/** Colors of a drawing: those of the page around it, or those of a file on white. */
interface MapColors {
  readonly paper: string;
  readonly grid: string;
  readonly text: string;
  readonly letter: string;
  readonly category: (index: number) => string;
}

const OF_FILE: MapColors = {
  ...{ paper: '#fff', grid: '#ddd', text: '#777', letter: '#fff' },
  category: (index) => PALETTE[index % PALETTE.length]!,
};
const OF_PAGE: MapColors = {
  ...{ paper: 'var(--paper)', grid: 'var(--line)', text: 'var(--faint)' },
  letter: 'var(--on-color)',
  category: (index) => `var(--c${index % PALETTE.length})`,
};

/** Options of a drawing. */
export interface MapLook {
  /** Drawn as rings below the map's own dots. */
  readonly truth?: CognitiveMap | undefined;
  /** Uses the colors of the page's theme instead of fixed ones on white. */
  readonly onPage?: boolean;
}

const SIDE = 10;
const CELL = 20;
const MARGIN = 16;
const EXTENT = MARGIN + SIDE * CELL + 4;

/**
 * Draws a cognitive map as a 10×10 grid with one labeled dot per object. Column x goes to the right and row y upward, since the map's
 * author enters the room from below. `categories` decides the colors, so that two maps side by side agree. Points off the grid are named
 * below it.
 */
export function mapSvg(
  map: CognitiveMap,
  categories: readonly string[],
  title: string,
  { truth = {}, onPage = false }: MapLook = {},
): string {
  const colors = onPage ? OF_PAGE : OF_FILE;
  const ownColorOf = (category: string): string =>
    colors.category(Math.max(0, categories.indexOf(category)));
  const lines = Array.from({ length: SIDE + 1 }, (_, index) => {
    const at = MARGIN + index * CELL;
    const end = MARGIN + SIDE * CELL;
    return `<path d="M${at} ${MARGIN}V${end}M${MARGIN} ${at}H${end}"/>`;
  });
  const ticks = Array.from({ length: SIDE }, (_, index) => {
    const center = MARGIN + (index + 0.5) * CELL;
    return (
      `<text x="${center}" y="${MARGIN - 5}">${index}</text>` +
      `<text x="${MARGIN - 8}" y="${rowCenter(index) + 3}">${index}</text>`
    );
  });
  const outside: string[] = [];
  const dots = Object.entries(map).flatMap(([category, cells]) =>
    cells.flatMap(([x, y]) => {
      if (!onGrid(x) || !onGrid(y)) {
        outside.push(`${category} [${x},${y}]`);
        return [];
      }
      const center = MARGIN + (x + 0.5) * CELL;
      const label = escapeHtml(category);
      return [
        `<g><title>${label} [${x},${y}]</title>` +
          `<circle cx="${center}" cy="${rowCenter(y)}" r="7" fill="${ownColorOf(category)}"/>` +
          `<text x="${center}" y="${rowCenter(y) + 3}" fill="${colors.letter}">${label.slice(0, 1).toUpperCase()}</text></g>`,
      ];
    }),
  );
  const rings = Object.entries(truth).flatMap(([category, cells]) =>
    cells
      .filter(([x, y]) => onGrid(x) && onGrid(y))
      .map(
        ([x, y]) =>
          `<circle cx="${MARGIN + (x + 0.5) * CELL}" cy="${rowCenter(y)}" r="9" fill="none" stroke="${ownColorOf(category)}" stroke-width="1.5" stroke-dasharray="3 2"/>`,
      ),
  );
  const height = EXTENT + (outside.length === 0 ? 0 : 18);
  const note =
    outside.length === 0
      ? ''
      : `<text x="${MARGIN}" y="${EXTENT + 12}" text-anchor="start">off the grid: ${escapeHtml(outside.join(', '))}</text>`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${EXTENT}" height="${height}" viewBox="0 0 ${EXTENT} ${height}" ` +
    `role="img" aria-label="${escapeHtml(title)}" font-family="sans-serif" font-size="9" text-anchor="middle">` +
    `<rect x="${MARGIN}" y="${MARGIN}" width="${SIDE * CELL}" height="${SIDE * CELL}" fill="${colors.paper}"/>` +
    `<g stroke="${colors.grid}" fill="none">${lines.join('')}</g><g fill="${colors.text}">${ticks.join('')}</g>${rings.join('')}${dots.join('')}<g fill="${colors.text}">${note}</g></svg>`
  );
}

/** The categories of several maps, sorted, each once, as the key of their colors. */
export function categoriesOf(maps: readonly (CognitiveMap | undefined)[]): readonly string[] {
  return [...new Set(maps.flatMap((map) => Object.keys(map ?? {})))].sort();
}

/** The color of a category in a file. */
export function colorOf(category: string, categories: readonly string[]): string {
  return OF_FILE.category(Math.max(0, categories.indexOf(category)));
}

/** The color of a category on a page. */
export function pageColorOf(category: string, categories: readonly string[]): string {
  return OF_PAGE.category(Math.max(0, categories.indexOf(category)));
}

function onGrid(coordinate: number): boolean {
  return Number.isInteger(coordinate) && coordinate >= 0 && coordinate < SIDE;
}

function rowCenter(y: number): number {
  return MARGIN + (SIDE - 0.5 - y) * CELL;
}
