/** A curve in characters: dots of Braille signs in several rows, or blocks in one. */

/** Dots of a Braille sign, by column and by row from the top (Unicode 15, section 21.1). */
const DOTS = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
] as const;
const BRAILLE = 0x28_00;
const BLOCKS = [...'▁▂▃▄▅▆▇█'];
const DOT_ROWS = 4;

/**
 * Values from left to right over a field of signs, the smallest at the bottom and the largest at the top; neighbors are joined. Where
 * there are more values than columns, each column has the mean of its own. Values that are not finite leave a gap.
 *
 * @param columns signs in a row; each has two columns of dots.
 * @param rows signs in a column; each has four rows of dots.
 * @param room values that the field is wide enough for, at least; the present ones when they are more.
 * @returns the rows from the top, each `columns` signs wide.
 */
export function brailleCurve(
  values: readonly number[],
  {
    columns,
    rows,
    room,
  }: { readonly columns: number; readonly rows: number; readonly room: number },
): readonly string[] {
  const field = Array.from({ length: rows }, () => new Array<number>(columns).fill(0));
  const points = pooled(values, columns * 2, Math.max(room, values.length, 2));
  const { low, span } = rangeOf(values);
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
  return field.map((row) => row.map((dots) => String.fromCharCode(BRAILLE + dots)).join(''));
}

/**
 * The same in one row of blocks, the latest values where all do not fit.
 *
 * @example sparkline([1, 2, 4], 8) // '▁▃█'
 */
export function sparkline(values: readonly number[], columns: number): string {
  const finite = values.filter(Number.isFinite);
  const points = pooled(finite, columns, Math.max(columns, finite.length));
  const { low, span } = rangeOf(finite);
  return points
    .map(({ value }) =>
      span === 0 ? BLOCKS[3]! : BLOCKS[Math.round(((BLOCKS.length - 1) * (value - low)) / span)]!,
    )
    .join('');
}

/** Smallest value, and what the largest is above it. */
export function rangeOf(values: readonly number[]): {
  readonly low: number;
  readonly span: number;
} {
  const finite = values.filter(Number.isFinite);
  const low = finite.reduce((least, value) => Math.min(least, value), Infinity);
  const high = finite.reduce((most, value) => Math.max(most, value), -Infinity);
  return finite.length === 0 ? { low: 0, span: 0 } : { low, span: high - low };
}

/** Values at their columns; those of one column as their mean. */
function pooled(
  values: readonly number[],
  columns: number,
  room: number,
): readonly { readonly x: number; readonly value: number }[] {
  const sums = new Map<number, { sum: number; count: number }>();
  for (const [index, value] of values.entries()) {
    if (!Number.isFinite(value)) continue;
    const x = Math.min(columns - 1, Math.floor((index * columns) / room));
    const entry = sums.get(x) ?? { sum: 0, count: 0 };
    sums.set(x, { sum: entry.sum + value, count: entry.count + 1 });
  }
  return [...sums].map(([x, { sum, count }]) => ({ x, value: sum / count }));
}
