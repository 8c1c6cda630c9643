/** Draws training curves as SVG text with echarts, without canvas or browser. */
import type { MetricRecord } from '@loci/core';
import { PALETTE } from '../page/palette.ts';

/** One line of a chart; points in the order of their steps. */
export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [step: number, value: number])[];
  /** Drawn pale, behind the others: the source of a trend. */
  readonly isPale?: true;
}

/** One chart. */
export interface Panel {
  readonly title: string;
  /** Unit or description of the figure. */
  readonly note?: string;
  readonly series: readonly Series[];
}

/** Size of a drawing, in CSS pixels. */
export interface DrawingSize {
  readonly width: number;
  readonly height: number;
}

/** Placeholder colors in a drawing for a page, which are replaced by the colors of its theme. Nothing else uses them. */
const MARKS = {
  ink: '#1abe11',
  grid: '#91d001',
  line: (index: number): string => `#c0ffe${index % PALETTE.length}`,
} as const;

/** The finite values of one metric over the steps at which it was written. */
export function seriesOf(records: readonly MetricRecord[], metric: string, name: string): Series {
  const points = records.flatMap(({ step, values }) => {
    const value = values[metric];
    return value !== undefined && Number.isFinite(value) ? [[step, value] as const] : [];
  });
  return { name, points };
}

/**
 * Mean over a sliding window of `width` points that ends at each point; shorter at the start. The reward of one step comes from a
 * few prompts, so its trend shows only when smoothed.
 */
export function smoothed(series: Series, width: number): Series {
  const points = series.points.map(([step], index) => {
    const window = series.points.slice(Math.max(0, index + 1 - width), index + 1);
    return [step, window.reduce((sum, [, value]) => sum + value, 0) / window.length] as const;
  });
  return { name: `mean of ${width} steps`, points };
}

/** A drawing for a file of its own: on white, with title and legend. The same panel gives the same text. */
export function panelFile(panel: Panel, size: DrawingSize): Promise<string> {
  const hasLegend = panel.series.length > 1;
  return drawn(panel, size, {
    color: [...PALETTE],
    backgroundColor: '#ffffff',
    title: { text: panel.title, left: 8, top: 6, textStyle: { fontSize: 14, fontWeight: 600 } },
    ...(hasLegend && {
      legend: { top: 28, left: 8, itemGap: ITEM_GAP, icon: 'rect', itemWidth: 14, itemHeight: 8 },
    }),
    grid: {
      left: 8,
      right: 16,
      top: hasLegend ? 24 + LEGEND_ROW * legendRows(panel, size.width) : 40,
      bottom: 24,
    },
  });
}

/** Pixels between two names of a legend and below a row of them, of a mark, of a character at most, and of a row with its gap. */
const [ITEM_GAP, MARK, CHARACTER, LEGEND_ROW] = [26, 19, 7, 40];

/** Rows that a legend takes, for a place above the curves that is high enough. */
function legendRows({ series }: Panel, width: number): number {
  let [rows, left] = [1, width - 8];
  for (const { name } of series) {
    const item = MARK + CHARACTER * name.length;
    if (item > left) [rows, left] = [rows + 1, width - 8];
    left -= item + ITEM_GAP;
  }
  return rows;
}

/** A drawing for a page, in the colors of the page's theme and without title and legend. */
export async function panelDrawing(panel: Panel, size: DrawingSize): Promise<string> {
  const axis = { axisLabel: { color: MARKS.ink }, axisLine: { lineStyle: { color: MARKS.grid } } };
  const svg = await drawn(
    panel,
    size,
    {
      color: PALETTE.map((_, index) => MARKS.line(index)),
      backgroundColor: 'transparent',
      grid: { left: 2, right: 14, top: 10, bottom: 20 },
    },
    { ...axis, nameTextStyle: { color: MARKS.ink }, axisTick: { show: false } },
    { ...axis, splitLine: { lineStyle: { color: MARKS.grid } } },
  );
  return svg
    .replaceAll(MARKS.ink, 'var(--faint)')
    .replaceAll(MARKS.grid, 'var(--line)')
    .replaceAll(/#c0ffe(\d)/g, 'var(--c$1)')
    .replace(/^<svg width="\d+" height="\d+"/, '<svg');
}

/** Draws a panel; the first call loads echarts. */
async function drawn(
  { series }: Panel,
  size: DrawingSize,
  look: Readonly<Record<string, unknown>>,
  xLook: Readonly<Record<string, unknown>> = {},
  yLook: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  // The bundle loads 0.4 s faster than the 580 modules one by one.
  const { init } = await import('echarts/dist/echarts.esm.min');
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...size });
  chart.setOption({
    animation: false,
    ...look,
    grid: { ...(look['grid'] as object), containLabel: true },
    xAxis: {
      type: 'value',
      name: 'step',
      nameLocation: 'middle',
      nameGap: 22,
      min: 'dataMin',
      max: 'dataMax',
      minInterval: 1,
      splitNumber: Math.max(2, Math.floor(size.width / 110)),
      splitLine: { show: false },
      ...xLook,
      axisLabel: { hideOverlap: true, ...(xLook['axisLabel'] as object) },
    },
    yAxis: { type: 'value', scale: true, splitNumber: 4, ...yLook },
    series: series.map(({ name, points, isPale = false }) => ({
      type: 'line',
      name,
      showSymbol: points.length < 6,
      symbolSize: 5,
      lineStyle: { width: isPale ? 1 : 2, opacity: isPale ? 0.45 : 1 },
      data: points.map((point) => [...point]),
    })),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return withoutInteraction(svg);
}

/** Removes the hover styles and data indices that echarts adds for a live page. */
export function withoutInteraction(svg: string): string {
  return svg.replace(/<style[^]*?<\/style>/, '').replaceAll(/ (?:class|ecmeta_\w+)="[^"]*"/g, '');
}
