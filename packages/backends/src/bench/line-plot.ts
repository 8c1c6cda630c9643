/** Plots a few lines over one axis, as SVG for a Markdown page. */

/** A line through points `[x, y]`, ascending in x. */
export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [number, number])[];
}

const WIDTH = 720;
const HEIGHT = 400;
const LEFT = 60;
const RIGHT = 110;
const TOP = 40;
const BOTTOM = 50;
const TICKS = 5;
/** The colors of Okabe and Ito, which also differ in shades of gray. */
const COLORS = ['#000000', '#0072b2', '#e69f00', '#009e73', '#cc79a7'];
const FONT = 'font-family="sans-serif" font-size="12"';

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

/** The least round number of 1, 2 or 5 times a power of ten that is not below a value. */
export function roundUp(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((factor) => factor * power).find((round) => round >= value)!;
}

/** Least distance between names beside each other, in pixels. */
const APART = 13;

/** Moves heights up until they are apart from those below, in the order given. */
function spread(heights: readonly number[]): readonly number[] {
  const spreadOut = [...heights];
  let lowest = Infinity;
  for (const index of [...heights.keys()].sort((a, b) => heights[b]! - heights[a]!)) {
    lowest = Math.min(heights[index]!, lowest - APART);
    spreadOut[index] = lowest;
  }
  return spreadOut;
}

/** Draws the lines from 0 on both axes. */
export function linePlot(title: string, x: string, y: string, lines: readonly Line[]): string {
  const all = lines.flatMap(({ points }) => points);
  const mostX = Math.max(...all.map(([value]) => value));
  const tick = roundUp(Math.max(...all.map(([, value]) => value)) / TICKS);
  const mostY = tick * TICKS;
  const across = (value: number) => (LEFT + ((WIDTH - LEFT - RIGHT) * value) / mostX).toFixed(1);
  const up = (value: number) =>
    (HEIGHT - BOTTOM - ((HEIGHT - TOP - BOTTOM) * value) / mostY).toFixed(1);
  const text = (at: string, anchor: string, words: string) =>
    `<text ${at} ${FONT} text-anchor="${anchor}">${escaped(words)}</text>`;
  const rules = Array.from({ length: TICKS + 1 }, (_, index) => index * tick).map(
    (value) =>
      `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${up(value)}" y2="${up(value)}" stroke="#ddd"/>` +
      text(`x="${LEFT - 6}" y="${up(value)}" dy="4"`, 'end', String(Number(value.toFixed(6)))),
  );
  const values = [...new Set(all.map(([value]) => value))];
  const marks = values.map((value) =>
    text(`x="${across(value)}" y="${HEIGHT - BOTTOM + 18}"`, 'middle', String(value)),
  );
  const names = spread(lines.map(({ points }) => Number(up(points.at(-1)![1]))));
  const drawn = lines.map(({ name, points }, index) => {
    const color = COLORS[index % COLORS.length]!;
    const path = points.map(([a, b]) => `${across(a)},${up(b)}`).join(' ');
    const [lastX] = points.at(-1)!;
    return (
      `<polyline points="${path}" fill="none" stroke="${color}" stroke-width="2"/>` +
      `<text x="${across(lastX)}" y="${names[index]!.toFixed(1)}" dx="8" dy="4" ${FONT} fill="${color}">${escaped(name)}</text>`
    );
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}">`,
    '<rect width="100%" height="100%" fill="#fff"/>',
    text(`x="${LEFT}" y="22" font-weight="bold"`, 'start', title),
    ...rules,
    ...marks,
    text(`x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 10}"`, 'middle', x),
    text(`x="${LEFT - 6}" y="${TOP - 8}"`, 'end', y),
    ...drawn,
    '</svg>\n',
  ].join('\n');
}
