import type { CognitiveMap } from '@loci/core';
import { escapeHtml } from '../page/html.ts';
import { PALETTE } from './curves.ts';

const SIDE = 10;
const CELL = 20;
const MARGIN = 16;
const EXTENT = MARGIN + SIDE * CELL + 4;

/**
 * Draws a cognitive map as a 10×10 grid with one labelled dot an object, column x to the right and row y upwards, as the map's
 * maker walks in from below. Categories get their colour from `categories`, so that two maps beside each other agree. Points
 * off the grid are named below it rather than drawn.
 */
export function mapSvg(map: CognitiveMap, categories: readonly string[], title: string): string {
  const lines = Array.from({ length: SIDE + 1 }, (_, index) => {
    const at = MARGIN + index * CELL;
    const end = MARGIN + SIDE * CELL;
    return `<path d="M${at} ${MARGIN}V${end}M${MARGIN} ${at}H${end}"/>`;
  });
  const ticks = Array.from({ length: SIDE }, (_, index) => {
    const centre = MARGIN + (index + 0.5) * CELL;
    return (
      `<text x="${centre}" y="${MARGIN - 5}">${index}</text>` +
      `<text x="${MARGIN - 8}" y="${rowCentre(index) + 3}">${index}</text>`
    );
  });
  const outside: string[] = [];
  const dots = Object.entries(map).flatMap(([category, cells]) =>
    cells.flatMap(([x, y]) => {
      if (!onGrid(x) || !onGrid(y)) {
        outside.push(`${category} [${x},${y}]`);
        return [];
      }
      const centre = MARGIN + (x + 0.5) * CELL;
      const label = escapeHtml(category);
      return [
        `<g><title>${label} [${x},${y}]</title>` +
          `<circle cx="${centre}" cy="${rowCentre(y)}" r="7" fill="${colourOf(category, categories)}"/>` +
          `<text x="${centre}" y="${rowCentre(y) + 3}" fill="#fff">${label.slice(0, 1).toUpperCase()}</text></g>`,
      ];
    }),
  );
  const note =
    outside.length === 0
      ? ''
      : `<text x="${MARGIN}" y="${EXTENT + 12}" text-anchor="start">off the grid: ${escapeHtml(outside.join(', '))}</text>`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${EXTENT}" height="${EXTENT + 18}" viewBox="0 0 ${EXTENT} ${EXTENT + 18}" ` +
    `role="img" aria-label="${escapeHtml(title)}" font-family="sans-serif" font-size="9" text-anchor="middle">` +
    `<rect x="${MARGIN}" y="${MARGIN}" width="${SIDE * CELL}" height="${SIDE * CELL}" fill="#fff"/>` +
    `<g stroke="#ddd" fill="none">${lines.join('')}</g><g fill="#777">${ticks.join('')}</g>${dots.join('')}${note}</svg>`
  );
}

/** The categories of several maps, sorted, each once: the key of their colours. */
export function categoriesOf(maps: readonly (CognitiveMap | undefined)[]): readonly string[] {
  return [...new Set(maps.flatMap((map) => Object.keys(map ?? {})))].sort();
}

/** The colour of a category among `categories`. */
export function colourOf(category: string, categories: readonly string[]): string {
  const index = Math.max(0, categories.indexOf(category));
  return PALETTE[index % PALETTE.length]!;
}

function onGrid(coordinate: number): boolean {
  return Number.isInteger(coordinate) && coordinate >= 0 && coordinate < SIDE;
}

function rowCentre(y: number): number {
  return MARGIN + (SIDE - 0.5 - y) * CELL;
}
