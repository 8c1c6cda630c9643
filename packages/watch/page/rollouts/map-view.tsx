/** A cognitive map as a grid: column x to the right, row y upwards, as seen by somebody who walks in from below. */
import type { CognitiveMap } from '@loci/core';
import { colorOf } from '../curves/colors.ts';

const SIDE = 10;
const CELL = 20;
const MARGIN = 14;
const EXTENT = MARGIN + SIDE * CELL + 4;

interface MapProps {
  readonly map: CognitiveMap | undefined;
  readonly categories: readonly string[];
  readonly title: string;
  /** The true map, drawn as rings below the dots. */
  readonly truth?: CognitiveMap;
  readonly small?: boolean;
}

/** The grid with a dot per object. A line below names objects off the grid. */
export function MapView({ map, categories, title, truth, small = false }: MapProps) {
  const points = pointsOf(map);
  const outside = points.filter((point) => !isOnGrid(point));
  return (
    <figure class={`map ${small ? 'small' : ''}`}>
      <figcaption>{map === undefined ? `${title}: none` : title}</figcaption>
      {map !== undefined && (
        <svg
          viewBox={`0 0 ${EXTENT} ${EXTENT}`}
          role="img"
          aria-label={`${title}: ${inWords(points)}`}
        >
          <Grid />
          {pointsOf(truth)
            .filter(isOnGrid)
            .map(({ category, x, y }, index) => (
              <circle
                key={index}
                class="truth"
                cx={centerX(x)}
                cy={centerY(y)}
                r="8.5"
                style={{ stroke: colorOf(categories.indexOf(category)) }}
              />
            ))}
          {points.filter(isOnGrid).map(({ category, x, y }, index) => (
            <g key={index}>
              <title>{`${category} [${x},${y}]`}</title>
              <circle
                cx={centerX(x)}
                cy={centerY(y)}
                r="7"
                style={{ fill: colorOf(categories.indexOf(category)) }}
              />
              <text class="letter" x={centerX(x)} y={centerY(y) + 3.5}>
                {category.slice(0, 1).toUpperCase()}
              </text>
            </g>
          ))}
        </svg>
      )}
      {outside.length > 0 && <span class="faint">off the grid: {inWords(outside)}</span>}
    </figure>
  );
}

function Grid() {
  const end = MARGIN + SIDE * CELL;
  const lines = Array.from({ length: SIDE + 1 }, (_, index) => MARGIN + index * CELL);
  return (
    <>
      <path
        class="grid"
        d={lines.map((at) => `M${at} ${MARGIN}V${end}M${MARGIN} ${at}H${end}`).join('')}
      />
      {Array.from({ length: SIDE }, (_, index) => (
        <g key={index} class="tick">
          <text x={centerX(index)} y={MARGIN - 4}>
            {index}
          </text>
          <text x={MARGIN - 7} y={centerY(index) + 3}>
            {index}
          </text>
        </g>
      ))}
    </>
  );
}

/** The legend of colors and rings. */
export function MapKey({ categories }: { readonly categories: readonly string[] }) {
  return (
    <p class="keys">
      {categories.map((category, index) => (
        <span key={category}>
          <i class="dot" style={{ background: colorOf(index) }} />
          {category}
        </span>
      ))}
      <span class="faint">Rings in an imagined map show where things truly are.</span>
    </p>
  );
}

/** The categories of some maps, in order. */
export function categoriesOf(maps: readonly (CognitiveMap | undefined)[]): readonly string[] {
  return [...new Set(maps.flatMap((map) => Object.keys(map ?? {})))].toSorted();
}

interface Point {
  readonly category: string;
  readonly x: number;
  readonly y: number;
}

function pointsOf(map: CognitiveMap | undefined): readonly Point[] {
  return Object.entries(map ?? {}).flatMap(([category, cells]) =>
    cells.map(([x, y]) => ({ category, x, y })),
  );
}

function isOnGrid({ x, y }: Point): boolean {
  return [x, y].every((value) => Number.isInteger(value) && value >= 0 && value < SIDE);
}

function inWords(points: readonly Point[]): string {
  return points.map(({ category, x, y }) => `${category} at ${x}, ${y}`).join('; ');
}

function centerX(x: number): number {
  return MARGIN + (x + 0.5) * CELL;
}

function centerY(y: number): number {
  return MARGIN + (SIDE - 0.5 - y) * CELL;
}
