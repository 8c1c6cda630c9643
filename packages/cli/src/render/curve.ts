/** Draws a curve in characters: Braille dots in several rows, or blocks in one. */

/** Dots of a Braille character, by column and by row from the top (Unicode 15, section 21.1). */
const DOTS = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
] as const;
const BRAILLE = 0x28_00;
const BLOCKS = [...'▁▂▃▄▅▆▇█'];
const DOT_ROWS = 4;

/** A drawn curve. */
export interface Curve {
  readonly lines: readonly string[];
  /** The values at the bottom and at the top; 0 where there is none. */
  readonly low: number;
  readonly high: number;
}

/** A value, or the mean of several, at a column of dots. */
interface Point {
  readonly x: number;
  readonly value: number;
}

/**
 * Draws values from left to right, the smallest at the bottom and the largest at the top, and joins neighbors. With more values than
 * columns, each column shows the mean of its values. Values that are not finite leave a gap.
 *
 * @param columns characters in a row; each has two columns of dots.
 * @param rows rows of characters; each has four rows of dots.
 * @param room fewest values that the full width stands for, so that a short curve leaves space on the right.
 * @returns the rows from the top, each `columns` characters wide, with the values at the bottom and at the top.
 */
export function brailleCurve(
  values: readonly number[],
  {
    columns,
    rows,
    room,
  }: { readonly columns: number; readonly rows: number; readonly room: number },
): Curve {
  const field = Array.from({ length: rows }, () => new Array<number>(columns).fill(0));
  const points = pooled(values, columns * 2, Math.max(room, values.length, 2));
  const { low, span } = rangeOf(points);
  const top = rows * DOT_ROWS - 1;
  const height = (value: number): number =>
    span === 0 ? Math.round(top / 2) : Math.round((top * (value - low)) / span);
  const dot = (x: number, y: number): void => {
    const fromTop = top - y;
    const row = field[Math.floor(fromTop / DOT_ROWS)]!;
    const column = Math.floor(x / 2);
    row[column] = (row[column] ?? 0) | DOTS[x % 2]![fromTop % DOT_ROWS]!;
  };
  for (const [index, { x, value }] of points.entries()) {
    const y = height(value);
    dot(x, y);
    const next = points[index + 1];
    if (next === undefined) continue;
    const rise = height(next.value) - y;
    const steps = Math.max(next.x - x, Math.abs(rise));
    for (let step = 1; step < steps; step++) {
      dot(x + Math.round((step * (next.x - x)) / steps), y + Math.round((step * rise) / steps));
    }
  }
  const lines = field.map((row) => row.map((dots) => String.fromCharCode(BRAILLE + dots)).join(''));
  return { lines, low, high: low + span };
}

/**
 * The same in one row of blocks.
 *
 * @example sparkline([1, 2, 4], 8) // '▁▃█'
 */
export function sparkline(values: readonly number[], columns: number): string {
  const finite = values.filter(Number.isFinite);
  const points = pooled(finite, columns, Math.max(columns, finite.length));
  const { low, span } = rangeOf(points);
  return points
    .map(({ value }) =>
      span === 0 ? BLOCKS[3]! : BLOCKS[Math.round(((BLOCKS.length - 1) * (value - low)) / span)]!,
    )
    .join('');
}

/** The smallest value, and the distance of the largest from it. */
function rangeOf(points: readonly Point[]): { readonly low: number; readonly span: number } {
  const values = points.map(({ value }) => value);
  if (values.length === 0) return { low: 0, span: 0 };
  const low = Math.min(...values);
  return { low, span: Math.max(...values) - low };
}

/** Values at their columns; those of one column as their mean. */
function pooled(values: readonly number[], columns: number, room: number): readonly Point[] {
  const sums = new Map<number, { sum: number; count: number }>();
  for (const [index, value] of values.entries()) {
    if (!Number.isFinite(value)) continue;
    const x = Math.min(columns - 1, Math.floor((index * columns) / room));
    const entry = sums.get(x) ?? { sum: 0, count: 0 };
    sums.set(x, { sum: entry.sum + value, count: entry.count + 1 });
  }
  return [...sums].map(([x, { sum, count }]) => ({ x, value: sum / count }));
}
